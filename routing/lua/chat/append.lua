-- Keeps sealed messages, each once, in the order given. Several go in one call, since calling costs as much as keeping;
-- on a cluster those of one chat only.
-- KEYS[1] state HASH   KEYS[2] log STREAM  0-seq -> b: tail of the msg frame   [3], [4] of the second message ...
-- ARGV[1] this node  [2] channel prefix  [3] whole hour of the caller's clock; then of each message
-- [4] chat  [5] from, y or c  [6] the owner, '' from y  [7] epoch  [8] id  [9] the highest seq that the author's socket
-- knows of  [10] the id of the author's newest message that this socket was acked, '' for none  [11] body
-- Returns two numbers a message: seq, prev; -seq, 0 for an id that was kept before; 0, 0 no such chat; 0, 1 stale epoch;
-- 0, 2 where the store forgot what it had acked (a failover): what the author says next must not overtake that.
local call = redis.call

local function keep(state, log, chat, from, owner, epoch, id, known, last, body)
  local s = call('HMGET', state, 'ph', 'own', 'e', 'seq', 'l' .. from, 'i' .. id, from == 'y' and 'cn' or 'yn', 'h', 'i' .. last)
  local ph = s[1]
  if not ph or ph == 'd' or ph == 'l' or ph == 'x' then return 0, 0 end
  if s[6] then return -tonumber(s[6]), 0 end
  if from == 'c' and s[2] ~= owner then return 0, 0 end
  if ph == 'w' or s[3] ~= epoch then return 0, 1 end
  -- By seq alone it would not be seen where the other side said something since, which took the place of what is forgotten.
  if tonumber(s[4]) < tonumber(known) or last ~= '' and not s[9] then return 0, 2 end
  local seq, prev = tonumber(s[4]) + 1, tonumber(s[5] or 0)
  call('XADD', log, '0-' .. seq, 'b', body)
  call('HSET', state, 'seq', seq, 'l' .. from, seq, 'i' .. id, seq)
  if s[8] ~= ARGV[3] then
    local hour = math.ceil((tonumber(call('TIME')[1]) + 7200) / 3600) * 3600
    call('HSET', state, 'h', ARGV[3])
    call('PEXPIREAT', state, hour * 1000)
    call('PEXPIREAT', log, hour * 1000)
  end
  local node = s[7]
  if node and node ~= '' and node ~= ARGV[1] then
    call('PUBLISH', ARGV[2] .. ':node:' .. node, 'm' .. chat .. from .. seq .. ':' .. prev .. ':' .. body)
  end
  return seq, prev
end

local out = {}
for i = 1, #KEYS, 2 do
  local a = 3 + (i - 1) / 2 * 8
  out[i], out[i + 1] = keep(KEYS[i], KEYS[i + 1], unpack(ARGV, a + 1, a + 8))
end
return out
