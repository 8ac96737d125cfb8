# Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. Prints a line per step; the last one is OK.
require 'pg'

def check(condition, what)
  abort(what) unless condition
end

%w[disable require].each do |mode|
  connection = PG.connect(sslmode: mode)
  connection.exec('SET client_min_messages = warning')
  connection.exec('DROP TABLE IF EXISTS driver_ruby')
  connection.exec('CREATE TABLE driver_ruby (id int PRIMARY KEY, name text NOT NULL)')

  connection.prepare('insert', 'INSERT INTO driver_ruby VALUES ($1, $2)')
  50.times { |id| connection.exec_prepared('insert', [id, "näme #{id}"]) }
  50.times do |id|
    row = connection.exec_params('SELECT name FROM driver_ruby WHERE id = $1', [id])
    check(row.getvalue(0, 0) == "näme #{id}", "row #{id}")
  end

  begin
    connection.transaction do |inside|
      inside.exec('DELETE FROM driver_ruby')
      inside.exec('SELECT 1/0')
    end
    abort('no error')
  rescue PG::DivisionByZero
    check(connection.exec('SELECT count(*) FROM driver_ruby').getvalue(0, 0) == '50', 'rollback')
  end
  begin
    connection.exec("INSERT INTO driver_ruby VALUES (1, 'again')")
    abort('a duplicate was taken')
  rescue PG::UniqueViolation
    check(connection.transaction_status == PG::PQTRANS_IDLE, 'idle after an error')
  end

  connection.copy_data('COPY driver_ruby FROM STDIN') do
    1000.times { |index| connection.put_copy_data("#{1000 + index}\tcopied\n") }
  end
  lines = 0
  connection.copy_data('COPY driver_ruby TO STDOUT') { lines += 1 while connection.get_copy_data }
  check(lines == 1050, 'copy')

  connection.enter_pipeline_mode
  20.times { |n| connection.send_query_params('SELECT $1::int', [n]) }
  connection.pipeline_sync
  20.times do |n|
    check(connection.get_result.getvalue(0, 0) == n.to_s, "pipelined #{n}")
    check(connection.get_result.nil?, 'end of a pipelined answer')
  end
  check(connection.get_result.result_status == PG::PGRES_PIPELINE_SYNC, 'sync')
  connection.exit_pipeline_mode

  connection.send_query('SELECT pg_sleep(30)')
  connection.cancel
  begin
    connection.get_last_result
    abort('not cancelled')
  rescue PG::QueryCanceled
    check(connection.exec('SELECT 1').getvalue(0, 0) == '1', 'after the cancel')
  end
  connection.close
  puts "sslmode #{mode}"
end

begin
  PG.connect(sslmode: 'disable', password: 'wrong')
  abort('logged in by a wrong password')
rescue PG::ConnectionBad
  puts 'OK'
end
