'use strict';
// Environment: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. Prints a line per step; the last one is OK.

const assert = require('assert');
const { Client, Pool } = require('pg');

async function check(ssl) {
  const client = new Client({ ssl: ssl ? { rejectUnauthorized: false } : false });
  await client.connect();
  await client.query('DROP TABLE IF EXISTS driver_node');
  await client.query('CREATE TABLE driver_node (id int PRIMARY KEY, name text NOT NULL)');

  for (let id = 0; id < 50; id++) {
    await client.query({ name: 'insert', text: 'INSERT INTO driver_node VALUES ($1, $2)', values: [id, `näme ${id}`] });
  }
  for (let id = 0; id < 50; id++) {
    const result = await client.query({ name: 'select', text: 'SELECT name FROM driver_node WHERE id = $1', values: [id] });
    assert.deepStrictEqual(result.rows, [{ name: `näme ${id}` }]);
  }
  const several = await client.query("SELECT 1 AS a; SELECT 'two' AS b");
  assert.deepStrictEqual(several.map((result) => result.rows[0]), [{ a: 1 }, { b: 'two' }]);

  await client.query('BEGIN');
  await client.query('DELETE FROM driver_node');
  await assert.rejects(client.query('SELECT 1/0'), { code: '22012' });
  await assert.rejects(client.query('SELECT 1'), { code: '25P02' });
  await client.query('ROLLBACK');
  assert.strictEqual((await client.query('SELECT count(*)::int AS n FROM driver_node')).rows[0].n, 50);

  await assert.rejects(client.query("INSERT INTO driver_node VALUES (1, 'again')"), { code: '23505' });

  const heard = new Promise((resolve) => client.on('notification', (message) => resolve(message.payload)));
  await client.query('LISTEN news');
  await client.query("NOTIFY news, 'hello'");
  assert.strictEqual(await heard, 'hello');
  await client.end();
  console.log(ssl ? 'TLS' : 'plain');
}

async function pool() {
  const clients = new Pool({ max: 10, ssl: false });
  const answers = await Promise.all([...Array(200).keys()].map((n) => clients.query('SELECT $1::int * 2 AS n', [n])));
  assert.deepStrictEqual(answers.map((answer) => answer.rows[0].n), [...Array(200).keys()].map((n) => n * 2));
  await clients.end();
  console.log('pool');
}

async function refused() {
  const client = new Client({ password: 'wrong', ssl: false });
  await assert.rejects(client.connect(), { code: '28P01' });
  console.log('refused');
}

check(false).then(() => check(true)).then(pool).then(refused).then(() => console.log('OK'), (error) => {
  console.error(error);
  process.exit(1);
});
