export interface InstallationSize {
  readonly imageCount: number
  readonly partsPerImage: number
}

/** Statements, in the SQL that both databases understand, which fill a fresh installation: completed images with their parts. */
export function installationSql({ imageCount, partsPerImage }: InstallationSize): string {
  const numbers = (count: number) =>
    `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})`
  return `${numbers(imageCount)} insert into images
      (id, account, workspace_id, name, upload_status, sha256, is_sha256_verified, created_at_ms, size_bytes)
    select 'image_' || n, 'local', (select id from workspaces where name = 'default'), 'name_' || n, 'completed',
      '0000000000000000000000000000000000000000000000000000000000000000', 1, n, ${partsPerImage} * 16777216
    from numbers;
    ${numbers(partsPerImage)} insert into parts (image_id, part_number, size_bytes, etag, blob_key)
    select id, n, 16777216, '', id || '/' || n || '-AAAAAAAAAAAA.part' from images cross join numbers;
    analyze`
}
