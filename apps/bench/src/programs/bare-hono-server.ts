import { DatabaseSync } from 'node:sqlite'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/**
 * The yardstick of small requests: Hono routes that read the same rows of the same database, or write one like them to a
 * database of their own, and do nothing else. `node bare-hono-server.js DATABASE OWN_DATABASE`, and it prints its address.
 */
const [path = '', ownPath = ''] = process.argv.slice(2)
const database = new DatabaseSync(path, { readOnly: true })
const own = new DatabaseSync(ownPath)
own.exec('pragma journal_mode = wal; pragma synchronous = full')
own.exec('create table images (id text primary key, name text not null unique, created_at_ms integer not null)')

const columns =
  'select images.*, workspaces.name as workspace_name from images ' +
  'inner join workspaces on workspaces.id = images.workspace_id'
const one = database.prepare(`${columns} where images.id = ?`)
const page = database.prepare(
  `${columns} where images.account = ? and images.deleted_at_ms is null order by created_at_ms desc, images.id desc limit 51`,
)
const insert = own.prepare('insert into images (id, name, created_at_ms) values (?, ?, ?)')

const app = new Hono()
app.get('/v2/images/:id', (c) => c.json(one.get(c.req.param('id')) ?? {}))
app.get('/v2/images', (c) => c.json({ object: 'list', data: page.all('local').slice(0, 50) }))
app.post('/v2/images', async (c) => {
  const { workspace } = await c.req.json()
  const id = crypto.randomUUID()
  const created_at_ms = Date.now()
  insert.run(id, id, created_at_ms)
  return c.json({ id, workspace, created_at_ms }, 201)
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
