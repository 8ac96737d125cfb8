#!/usr/bin/perl
# Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. Prints a line per step; the last one is OK.
use strict;
use warnings;
use utf8;
use DBI;

sub check { my ($condition, $what) = @_; die "$what\n" unless $condition }

for my $mode ('disable', 'require') {
    my $options = { RaiseError => 1, PrintError => 0, AutoCommit => 1, pg_enable_utf8 => 1 };
    my $database = DBI->connect("dbi:Pg:sslmode=$mode", $ENV{PGUSER}, $ENV{PGPASSWORD}, $options);
    $database->do('SET client_min_messages = warning');
    $database->do('DROP TABLE IF EXISTS driver_perl');
    $database->do('CREATE TABLE driver_perl (id int PRIMARY KEY, name text NOT NULL)');

    my $insert = $database->prepare('INSERT INTO driver_perl VALUES (?, ?)');
    $insert->execute($_, "näme $_") for 0 .. 49;
    my $select = $database->prepare('SELECT name FROM driver_perl WHERE id = ?');
    for my $id (0 .. 49) {
        $select->execute($id);
        check($select->fetchrow_array eq "näme $id", "row $id");
        $select->finish;
    }

    $database->begin_work;
    $database->do('DELETE FROM driver_perl');
    $database->pg_savepoint('here');
    eval { $database->do('SELECT 1/0') };
    check($database->state eq '22012', 'division by zero');
    $database->pg_rollback_to('here');
    $database->rollback;
    check($database->selectrow_array('SELECT count(*) FROM driver_perl') == 50, 'rollback');

    eval { $database->do(q{INSERT INTO driver_perl VALUES (1, 'again')}) };
    check($database->state eq '23505', 'duplicate key');

    $database->do('COPY driver_perl FROM STDIN');
    $database->pg_putcopydata("$_\tcopied\n") for 1000 .. 1999;
    $database->pg_putcopyend;
    $database->do('COPY driver_perl TO STDOUT');
    my ($line, $lines) = ('', 0);
    $lines++ while $database->pg_getcopydata($line) >= 0;
    check($lines == 1050, 'copy');

    $database->do('LISTEN news');
    $database->do(q{NOTIFY news, 'hello'});
    my $notice = $database->pg_notifies;
    check($notice->[2] eq 'hello', 'notification');
    $database->disconnect;
    print "sslmode $mode\n";
}
check(!defined DBI->connect('dbi:Pg:sslmode=disable', $ENV{PGUSER}, 'wrong', { PrintError => 0 }), 'refused');
print "OK\n";
