// Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. Prints a line per step; the last one is OK.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
	"github.com/lib/pq"
)

func check(condition bool, what string) {
	if !condition {
		log.Fatal(what)
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func address(mode string) string {
	return fmt.Sprintf("postgres://%s:%s@%s:%s/%s?sslmode=%s", os.Getenv("PGUSER"), os.Getenv("PGPASSWORD"),
		os.Getenv("PGHOST"), os.Getenv("PGPORT"), os.Getenv("PGDATABASE"), mode)
}

func libpq(mode string) {
	database, err := sql.Open("postgres", address(mode))
	must(err)
	defer database.Close()
	_, err = database.Exec("DROP TABLE IF EXISTS driver_go; CREATE TABLE driver_go (id int PRIMARY KEY, name text)")
	must(err)

	insert, err := database.Prepare("INSERT INTO driver_go VALUES ($1, $2)")
	must(err)
	for id := 0; id < 50; id++ {
		_, err = insert.Exec(id, fmt.Sprintf("näme %d", id))
		must(err)
	}
	var name string
	for id := 0; id < 50; id++ {
		must(database.QueryRow("SELECT name FROM driver_go WHERE id = $1", id).Scan(&name))
		check(name == fmt.Sprintf("näme %d", id), "row")
	}

	transaction, err := database.Begin()
	must(err)
	_, err = transaction.Exec("DELETE FROM driver_go")
	must(err)
	must(transaction.Rollback())
	var count int
	must(database.QueryRow("SELECT count(*) FROM driver_go").Scan(&count))
	check(count == 50, "rollback")

	_, err = database.Exec("INSERT INTO driver_go VALUES (1, 'again')")
	var refused *pq.Error
	check(errors.As(err, &refused) && refused.Code == "23505", "duplicate key")

	transaction, err = database.Begin()
	must(err)
	copier, err := transaction.Prepare(pq.CopyIn("driver_go", "id", "name"))
	must(err)
	for id := 1000; id < 2000; id++ {
		_, err = copier.Exec(id, "copied")
		must(err)
	}
	_, err = copier.Exec()
	must(err)
	must(copier.Close())
	must(transaction.Commit())
	must(database.QueryRow("SELECT count(*) FROM driver_go").Scan(&count))
	check(count == 1050, "copy")
	fmt.Println("lib/pq, sslmode", mode)
}

func pgxv4(mode string) {
	background := context.Background()
	connection, err := pgx.Connect(background, address(mode))
	must(err)
	defer connection.Close(background)

	var sum int
	for n := 0; n < 50; n++ {
		must(connection.QueryRow(background, "SELECT $1::int + $2::int", n, 1).Scan(&sum))
		check(sum == n+1, "prepared")
	}
	batch := &pgx.Batch{}
	for n := 0; n < 50; n++ {
		batch.Queue("SELECT $1::int * 2", n)
	}
	results := connection.SendBatch(background, batch)
	for n := 0; n < 50; n++ {
		must(results.QueryRow().Scan(&sum))
		check(sum == n*2, "batch")
	}
	must(results.Close())

	_, err = connection.Exec(background, "SELECT 1/0")
	var refused *pgconn.PgError
	check(errors.As(err, &refused) && refused.Code == "22012", "division by zero")

	_, err = connection.Exec(background, "CREATE TEMP TABLE copied (id int, name text)")
	must(err)
	rows := [][]interface{}{}
	for id := 0; id < 1000; id++ {
		rows = append(rows, []interface{}{id, "x"})
	}
	copied, err := connection.CopyFrom(background, pgx.Identifier{"copied"}, []string{"id", "name"}, pgx.CopyFromRows(rows))
	must(err)
	check(copied == 1000, "binary copy")
	must(connection.QueryRow(background, "SELECT count(*) FROM copied").Scan(&sum))
	check(sum == 1000, "temporary table")
	fmt.Println("pgx, sslmode", mode)
}

func pool() {
	background := context.Background()
	clients, err := pgxpool.Connect(background, address("disable")+"&pool_max_conns=10")
	must(err)
	defer clients.Close()
	outcome := make(chan error)
	for n := 0; n < 100; n++ {
		go func(n int) {
			var answer int
			err := clients.QueryRow(background, "SELECT $1::int", n).Scan(&answer)
			if err == nil && answer != n {
				err = fmt.Errorf("%d instead of %d", answer, n)
			}
			outcome <- err
		}(n)
	}
	for n := 0; n < 100; n++ {
		must(<-outcome)
	}
	fmt.Println("pgxpool")
}

func main() {
	for _, mode := range []string{"disable", "require"} {
		libpq(mode)
		pgxv4(mode)
	}
	pool()
	_, err := pgx.Connect(context.Background(), strings.Replace(address("disable"), os.Getenv("PGPASSWORD"), "wrong", 1))
	check(err != nil && strings.Contains(err.Error(), "28P01"), "wrong password")
	fmt.Println("OK")
}
