-- The young person's newest socket. Its node is also the one that counts the visit, until a counsellor accepted.
-- KEYS[1] state HASH
-- ARGV[1] SHA-256 of the token  [2] node  [3] node/sock  [4] channel prefix  [5] chat
-- Returns {1, line} when nobody accepted yet, so that this node counts the visit from now on; {2, line} when somebody
-- did; {0} for an unknown chat, one that is over, or another token.
local s = redis.call('HMGET', KEYS[1], 'ph', 'tok', 'yn', 'cn', 'sock', 'e', 'vn', 'line')
if not s[1] or s[1] == 'x' or not s[2] or s[2] ~= ARGV[1] then return {0} end
local hour = math.ceil((tonumber(redis.call('TIME')[1]) + 7200) / 3600) * 3600
local first = s[6] == '-1'
redis.call('HSET', KEYS[1], 'yn', ARGV[2], 'sock', ARGV[3], 'vn', first and ARGV[2] or s[7] or '')
redis.call('PEXPIREAT', KEYS[1], hour * 1000)
local told = {[''] = true}
local function tell(node)
  if node and not told[node] then
    told[node] = true
    redis.call('PUBLISH', ARGV[4] .. ':node:' .. node, 'c' .. ARGV[5])
  end
end
if s[5] ~= '' then tell(s[3]) end
tell(s[4])
if first and s[7] ~= ARGV[2] then tell(s[7]) end -- which lets go of the visit
return {first and 1 or 2, s[8] or ''}
