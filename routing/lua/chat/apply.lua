-- Tells a chat's own state what the routing state decided; a version that is not newer changes nothing.
-- KEYS[1] state HASH   KEYS[2] log STREAM   KEYS[3] chats HASH of the routing state, where one primary has both
-- ARGV[1] version  [2] phase  [3] epoch  [4] owner  [5] her key  [6] her node  [7] reason  [8], [9] fresh shares
-- [10] channel prefix  [11] chat  [12] line  [13] what is asked as JSON or ''  [14] what came of the last question or ''
-- [15] its mark
-- Returns 1 or 0; -1 when another primary decided it, before this one took its place; 2 when the chat ended as done and the young person, who is there, had read all of it.
local s = redis.call('HMGET', KEYS[1], 'v', 'e', 'seq', 'ep', 'yn', 'cn', 'sh', 'tok', 'pky', 'line', 'sock', 'ry', 'lc', 'vn')
if not s[1] or tonumber(s[1]) >= tonumber(ARGV[1]) then return 0 end
if KEYS[3] then
  local j = redis.call('HGET', KEYS[3], ARGV[11])
  local r = j and cjson.decode(j) or {v = -1}
  local behind = r.v - tonumber(ARGV[1])
  if behind < 0 or behind < 4 and string.sub(r.z or '', 4 * behind + 1, 4 * behind + 4) ~= ARGV[15] then return -1 end
end
local phase, hour = ARGV[2], math.ceil((tonumber(redis.call('TIME')[1]) + (ARGV[2] == 'x' and 3600 or 7200)) / 3600) * 3600
local set = {'v', ARGV[1], 'ph', phase, 'r', ARGV[7]}
local function put(k, v)
  set[#set + 1] = k
  set[#set + 1] = v
end
if phase == 't' or phase == 'a' then
  put('own', ARGV[4])
  put('cn', ARGV[6])
  if tonumber(ARGV[3]) > tonumber(s[2]) then
    local ep = cjson.decode(s[4])
    ep[#ep + 1] = {e = tonumber(ARGV[3]), o = ARGV[4], k = ARGV[5], y = '', c = '', s = tonumber(s[3])}
    put('e', ARGV[3])
    put('ep', cjson.encode(ep))
    put('ds', ARGV[9])
  end
elseif phase == 'w' then
  put('own', '')
  put('cn', '')
  if not s[7] and s[8] then put('sh', ARGV[8]) end
end
if phase == 't' or phase == 'a' or phase == 'w' then
  put('line', ARGV[12])
  redis.call('HDEL', KEYS[1], 'ho', 'hl')
  if ARGV[13] ~= '' then put('ho', ARGV[13]) end
  if ARGV[14] ~= '' then put('hl', ARGV[14]) end
elseif phase == 'l' or phase == 'x' then
  redis.call('DEL', KEYS[1], KEYS[2])
  -- Whether anybody accepted, and which node counts that: it may not have looked yet.
  put('e', phase == 'l' and s[2] or math.max(tonumber(s[2]), tonumber(ARGV[3])) < 0 and -1 or 0)
  put('vn', s[14] or '')
  if phase == 'l' then
    put('seq', s[3])
    put('ep', '[]')
    put('pky', s[9])
    put('line', s[10])
    put('yn', s[5] or '')
    put('sock', s[11] or '')
    if s[8] then put('tok', s[8]) end
  end
end
redis.call('HSET', KEYS[1], unpack(set))
redis.call('PEXPIREAT', KEYS[1], hour * 1000)
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('PEXPIREAT', KEYS[2], hour * 1000) end
local told = {['']  = true}
for _, n in ipairs({s[5] or '', s[6] or '', ARGV[6], s[2] == '-1' and s[14] or ''}) do
  if not told[n] then
    told[n] = true
    redis.call('PUBLISH', ARGV[10] .. ':node:' .. n, 'c' .. ARGV[11])
  end
end
return phase == 'd' and (s[11] or '') ~= '' and tonumber(s[12] or 0) >= tonumber(s[13] or 0) and 2 or 1
