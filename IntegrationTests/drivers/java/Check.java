// Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. Prints a line per step; the last one is OK.

import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;

public final class Check {
    public static void main(String[] arguments) throws Exception {
        for (String mode : new String[] {"disable", "require"}) {
            for (String query : new String[] {"simple", "extended", "extendedCache"}) {
                try (Connection connection = connect(mode, query)) {
                    queries(connection);
                    transactions(connection);
                    errors(connection);
                    copy(connection);
                }
                System.out.println("sslmode " + mode + ", queries " + query);
            }
        }
        System.out.println("OK");
    }

    private static Connection connect(String sslMode, String queryMode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", System.getenv("PGUSER"));
        properties.setProperty("password", System.getenv("PGPASSWORD"));
        properties.setProperty("sslmode", sslMode);
        properties.setProperty("preferQueryMode", queryMode);
        properties.setProperty("prepareThreshold", "2");
        String address = System.getenv("PGHOST") + ":" + System.getenv("PGPORT");
        return DriverManager.getConnection("jdbc:postgresql://" + address + "/" + System.getenv("PGDATABASE"), properties);
    }

    private static void queries(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS driver_java");
            statement.execute("CREATE TABLE driver_java (id int PRIMARY KEY, name text NOT NULL)");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO driver_java VALUES (?, ?)")) {
            for (int i = 0; i < 100; i++) {
                insert.setInt(1, i);
                insert.setString(2, "näme " + i);
                insert.addBatch();
            }
            check(insert.executeBatch().length == 100, "batch");
        }
        // Past the threshold the driver prepares by name and reads binary.
        try (PreparedStatement select = connection.prepareStatement("SELECT name FROM driver_java WHERE id = ?")) {
            for (int i = 0; i < 20; i++) {
                select.setInt(1, i);
                try (ResultSet rows = select.executeQuery()) {
                    check(rows.next() && rows.getString(1).equals("näme " + i) && !rows.next(), "row " + i);
                }
            }
        }
    }

    private static void transactions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE driver_java SET name = 'changed'");
            java.sql.Savepoint point = connection.setSavepoint();
            statement.executeUpdate("DELETE FROM driver_java");
            connection.rollback(point);
            check(count(connection, "changed") == 100, "savepoint");
            connection.rollback();
            check(count(connection, "changed") == 0, "rollback");
            statement.setFetchSize(7);
            int seen = 0;
            try (ResultSet rows = statement.executeQuery("SELECT id FROM driver_java ORDER BY id")) {
                while (rows.next()) {
                    check(rows.getInt(1) == seen++, "cursor");
                }
            }
            check(seen == 100, "all rows by cursor");
            connection.commit();
        }
        connection.setAutoCommit(true);
    }

    private static int count(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT count(*) FROM driver_java WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static void errors(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO driver_java VALUES (1, 'again')");
            check(false, "a duplicate was taken");
        } catch (SQLException error) {
            check("23505".equals(error.getSQLState()), "state " + error.getSQLState());
        }
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            statement.execute("SELECT pg_sleep(30)");
            check(false, "no timeout");
        } catch (SQLException error) {
            check("57014".equals(error.getSQLState()), "cancelled, not " + error.getSQLState());
        }
    }

    private static void copy(Connection connection) throws Exception {
        var manager = connection.unwrap(PGConnection.class).getCopyAPI();
        StringBuilder text = new StringBuilder();
        for (int i = 1000; i < 3000; i++) {
            text.append(i).append("\tcopied\n");
        }
        check(manager.copyIn("COPY driver_java FROM STDIN", new StringReader(text.toString())) == 2000, "copy in");
        StringWriter sink = new StringWriter();
        check(manager.copyOut("COPY driver_java TO STDOUT", sink) == 2100, "copy out");
        check(sink.toString().contains("2999\tcopied"), "copied text");
    }

    private static void check(boolean isTrue, String what) {
        if (!isTrue) {
            throw new AssertionError(what);
        }
    }
}
