#!/usr/bin/env python3
"""Unpacks Debian packages with all they depend on, libc included, in a folder, without installing anything.

    debian_root.py FOLDER PACKAGE... [--suite sid --suite trixie]

The folder gets `root/` (the files), `suite` (where they came from) and apt's own state. Packages come from the mirror
that this machine's apt is set to, and apt checks signatures and hashes. No maintainer script runs and nothing is
mounted, so the folder can simply be deleted. Suites are tried in the order given: an unstable suite does not always
resolve, and then the next one is used and said so on stderr.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Suites from newest to the most dependable.
SUITES = ("sid", "trixie", "bookworm")

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# Pulled in for maintainer scripts only, which never run here.
NEEDLESS = ("adduser", "debconf", "dpkg", "libdb5.3t64", "libgdbm", "libperl5", "passwd", "perl", "tar")


class UnpackError(Exception):
    """No suite could deliver the packages."""


def mirror() -> str:
    """The address this machine's apt takes its own release from."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    for uri, release in zip(targets[::2], targets[1::2]):
        if release == codename():
            return uri
    raise UnpackError(f"apt on this machine has no source for {codename()}")


def codename() -> str:
    lines = Path("/etc/os-release").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"].strip('"')


class Apt:
    """apt with state, cache and package database of its own below `folder`."""

    def __init__(self, folder: Path, suite: str):
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n")
        configuration = folder / "apt.conf"
        configuration.write_text(
            "".join(
                f'{key} "{value}";\n'
                for key, value in {
                    "Dir::Etc::sourcelist": folder / "sources.list",
                    "Dir::Etc::sourceparts": "-",
                    "Dir::State": folder / "state",
                    "Dir::State::lists": folder / "lists",
                    "Dir::State::status": folder / "status",
                    "Dir::Cache": folder / "cache",
                    "APT::Install-Recommends": "false",
                    "APT::Sandbox::User": "root",
                    "Binary::apt-get::APT::Keep-Downloaded-Packages": "true",
                }.items()
            )
        )
        self.environment = dict(os.environ, APT_CONFIG=str(configuration), LC_ALL="C")

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["apt-get", "-y", "-qq", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise UnpackError(f"apt-get {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def closure(self, packages: list[str]) -> list[Path]:
        """Downloads the packages and everything they depend on; the archives in the order of unpacking."""
        self.run("update")
        self.run("--download-only", "install", *packages)
        planned = self.run("--simulate", "install", *packages).splitlines()
        names = [line.split()[1].split(":")[0] for line in planned if line.startswith("Inst ")]
        archives = self.folder / "cache" / "archives"
        return [next(archives.glob(f"{name}_*.deb")) for name in names if not name.startswith(NEEDLESS)]


def unpack_archives(archives: list[Path], root: Path) -> None:
    # A merged /usr, as Debian has it: the links come first or older packages would make real folders of them.
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    for archive in archives:
        reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", str(root), "--keep-directory-symlink"], stdin=reader.stdout, check=True)
        if reader.wait() != 0:
            raise UnpackError(f"{archive.name} cannot be unpacked")


def unpack(folder: Path, packages: list[str], suites: tuple[str, ...] = SUITES) -> str:
    """Makes `folder/root` hold `packages`, or leaves it as it is when it already does; the suite they are from."""
    wanted, stamp, marker = " ".join(sorted(packages)), folder / "packages", folder / "suite"
    if stamp.exists() and marker.exists() and stamp.read_text() == wanted:
        return marker.read_text()
    for suite in suites:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            unpack_archives(Apt(folder, suite).closure(packages), folder / "root")
        except (UnpackError, StopIteration, subprocess.CalledProcessError) as error:
            print(f"debian_root: {suite} has no usable {wanted} ({error}); trying the next suite", file=sys.stderr)
            continue
        shutil.rmtree(folder / "cache")
        shutil.rmtree(folder / "lists")
        marker.write_text(suite)
        stamp.write_text(wanted)
        return suite
    raise UnpackError(f"none of {', '.join(suites)} has a usable {wanted}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("packages", nargs="+")
    parser.add_argument("--suite", action="append", help=f"suite to try; repeatable (default: {' '.join(SUITES)})")
    arguments = parser.parse_args()
    try:
        print(unpack(arguments.folder.absolute(), arguments.packages, tuple(arguments.suite or SUITES)))
    except UnpackError as error:
        print(f"debian_root: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
