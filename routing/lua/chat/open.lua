-- A chat begins, before it is put in line.
-- KEYS[1] state HASH  field -> value, see keys.go
-- ARGV[1] SHA-256 of the token  [2] share  [3] the young person's key  [4] line  [5] node  [6] node/sock
-- Returns 1; 0 when it stood already.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local hour = math.ceil((tonumber(redis.call('TIME')[1]) + 7200) / 3600) * 3600
redis.call('HSET', KEYS[1], 'ph', 'w', 'v', 0, 'e', -1, 'seq', 0, 'tok', ARGV[1], 'sh', ARGV[2], 'pky', ARGV[3], 'line', ARGV[4],
  'yn', ARGV[5], 'sock', ARGV[6], 'vn', ARGV[5], 'ep', '[]')
redis.call('PEXPIREAT', KEYS[1], hour * 1000)
return 1
