-- The young person is back by a return code: another socket, key, token and share. What an older page kept is dead, and
-- its epochs are not told any more: nothing of theirs can be opened under the new key. Whose they were stays, for what she
-- was not shown yet.
-- KEYS[1] state HASH
-- ARGV[1] SHA-256 of the token  [2] share  [3] the young person's new key  [4] node  [5] node/sock  [6] channel prefix
-- [7] chat
-- Returns {1, line} when nobody accepted yet, so that this node counts the visit from now on; {2, line} when somebody
-- did; {0} for an unknown chat or one that ended.
local s = redis.call('HMGET', KEYS[1], 'ph', 'yn', 'cn', 'sock', 'e', 'vn', 'line', 'ep', 'old')
if not s[1] or s[1] == 'd' or s[1] == 'x' then return {0} end
local hour = math.ceil((tonumber(redis.call('TIME')[1]) + 7200) / 3600) * 3600
local first = s[5] == '-1'
local old = cjson.decode(s[9] or '[]')
for _, p in ipairs(cjson.decode(s[8])) do old[#old + 1] = {o = p.o, s = p.s} end
redis.call('HSET', KEYS[1], 'tok', ARGV[1], 'sh', ARGV[2], 'pky', ARGV[3], 'yn', ARGV[4], 'sock', ARGV[5],
  'vn', first and ARGV[4] or s[6] or '', 'ep', '[]', 'old', cjson.encode(old))
redis.call('PEXPIREAT', KEYS[1], hour * 1000)
local told = {[''] = true}
local function tell(node)
  if node and not told[node] then
    told[node] = true
    redis.call('PUBLISH', ARGV[6] .. ':node:' .. node, 'c' .. ARGV[7])
  end
end
if s[4] ~= '' then tell(s[2]) end
if first and s[6] ~= ARGV[4] then tell(s[6]) end -- which lets go of the visit
return {first and 1 or 2, s[7] or ''}
