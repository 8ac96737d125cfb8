<?php
// Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. Prints a line per step; the last one is OK.
declare(strict_types=1);

function check(bool $condition, string $what): void
{
    if (!$condition) {
        fwrite(STDERR, "$what\n");
        exit(1);
    }
}

function native(string $mode): void
{
    $connection = pg_connect("sslmode=$mode", PGSQL_CONNECT_FORCE_NEW);
    pg_query($connection, 'SET client_min_messages = warning');
    pg_query($connection, 'DROP TABLE IF EXISTS driver_php; CREATE TABLE driver_php (id int PRIMARY KEY, name text)');
    pg_prepare($connection, 'insert', 'INSERT INTO driver_php VALUES ($1, $2)');
    for ($id = 0; $id < 50; $id++) {
        pg_execute($connection, 'insert', [$id, "näme $id"]);
    }
    $row = pg_fetch_row(pg_query_params($connection, 'SELECT name FROM driver_php WHERE id = $1', [7]));
    check($row === ['näme 7'], 'row');
    check(@pg_query($connection, "INSERT INTO driver_php VALUES (1, 'again')") === false, 'duplicate key');
    check(str_contains(pg_last_error($connection), 'duplicate key'), 'words of the error');
    $lines = array_map(fn (int $id): string => "$id\tcopied\n", range(1000, 1999));
    check(pg_copy_from($connection, 'driver_php', $lines), 'copy in');
    check(count(pg_copy_to($connection, 'driver_php')) === 1050, 'copy out');
    pg_query($connection, 'LISTEN news');
    pg_query($connection, "NOTIFY news, 'hello'");
    check(pg_get_notify($connection)['payload'] === 'hello', 'notification');
    pg_close($connection);
    echo "native, sslmode $mode\n";
}

function objects(string $mode): void
{
    $address = sprintf('pgsql:host=%s;port=%s;dbname=%s;sslmode=%s', getenv('PGHOST'), getenv('PGPORT'),
        getenv('PGDATABASE'), $mode);
    $database = new PDO($address, getenv('PGUSER'), getenv('PGPASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    $select = $database->prepare('SELECT name FROM driver_php WHERE id = :id');
    for ($id = 0; $id < 50; $id++) {
        $select->execute(['id' => $id]);
        check($select->fetchColumn() === "näme $id", "row $id");
    }
    $database->beginTransaction();
    $database->exec('DELETE FROM driver_php');
    $database->rollBack();
    check((int) $database->query('SELECT count(*) FROM driver_php')->fetchColumn() === 1050, 'rollback');
    try {
        $database->exec('SELECT 1/0');
        check(false, 'no error');
    } catch (PDOException $error) {
        check($error->getCode() === '22012', 'division by zero');
    }
    echo "PDO, sslmode $mode\n";
}

foreach (['disable', 'require'] as $mode) {
    native($mode);
    objects($mode);
}
check(@pg_connect('sslmode=disable password=wrong', PGSQL_CONNECT_FORCE_NEW) === false, 'refused');
echo "OK\n";
