import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeLocation, parseDatabaseUrl, redactDatabaseUrl } from './database-url.ts'

describe('a database URL', () => {
  it('is SQLite in the data folder, or PostgreSQL with everything that it needs', () => {
    expect(parseDatabaseUrl('sqlite:')).toEqual({ engine: 'sqlite' })
    expect(
      parseDatabaseUrl('postgresql://me:p%40ss@db.example:6432/slip?sslmode=verify-full&sslrootcert=/ca.pem'),
    ).toEqual({
      engine: 'postgres',
      host: 'db.example',
      port: 6432,
      user: 'me',
      password: 'p@ss',
      database: 'slip',
      tls: { mode: 'verify-full', rootCertPath: '/ca.pem' },
    })
    expect(parseDatabaseUrl('postgres://[::1]/slip')).toMatchObject({
      ...{ host: '::1', port: 5432, user: undefined, password: undefined },
      tls: { mode: 'disable', rootCertPath: undefined },
    })
    expect(parseDatabaseUrl('postgres:///slip?host=/run/postgresql')).toMatchObject({ host: '/run/postgresql' })
  })

  it.each([
    ['', /must be sqlite: or/],
    ['slipway.db', /must be sqlite: or/],
    ['sqlite:slipway.db', /must be sqlite: alone/],
    ['mysql://host/x', /must be sqlite: or/],
    ['postgres://host', /must name one database/],
    ['postgres://host/a/b', /must name one database/],
    ['postgres:///x', /must name the host/],
    ['postgres://host/x?sslmode=prefer', /must have an sslmode/],
    ['postgres://host/x?password=y', /has a parameter/],
    ['postgres://me:%zz@host/x', /has a %/],
  ])('is refused as %s', (text, message) => {
    expect(() => parseDatabaseUrl(text)).toThrow(message)
  })

  it('gives every password back as it was, and shows none', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (password) => {
        const url = `postgres://me:${encodeURIComponent(password)}@host/slipway`
        expect(parseDatabaseUrl(url)).toMatchObject({ password })
        expect(redactDatabaseUrl(url)).toBe('postgres://me:[redacted]@host/slipway')
      }),
    )
    expect(redactDatabaseUrl("postgres://me:it's<raw>@host/x")).not.toContain('raw')
    expect(redactDatabaseUrl('postgres://me@host/x')).toBe('postgres://me@host/x')
  })

  it('is told without user and password', () => {
    const location = parseDatabaseUrl('postgres://me:secret@[::1]:1/x')
    expect(location.engine === 'postgres' && describeLocation(location)).toBe('the database x at [::1]:1')
  })
})
