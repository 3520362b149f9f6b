-- Falls due: a node gave no sign of life. The young people at it are down, at most 32 a call: first their chats' own
-- states are told so, then the next call has it done here. Whoever dies in between leaves it to the next sweep.
-- ARGV[5] node  [6] time a place in line is held in s  [7] grace in a chat in s  [8], [9] chat, node/sock  [10], [11] ...
-- which were told
-- Returns {'ok', chat, node/sock...}: call again with these while there are any; or {'none'}.
for i = 8, #ARGV, 2 do
  local chat, r = ARGV[i], chat_of(ARGV[i])
  if r and r.y == ARGV[i + 1] then youth_down(chat, r, tonumber(ARGV[6]), tonumber(ARGV[7])) end
end
if not fallen('node:' .. ARGV[5]) then return {'none'} end
local out, found = {'ok'}, prefix(AT, ARGV[5], 0, 32)
for _, m in ipairs(found) do
  local chat = string.sub(m, #ARGV[5] + 2)
  local r = chat_of(chat)
  if r and r.y ~= '' and string.match(r.y, '^[^/]*') == ARGV[5] then
    out[#out + 1] = chat
    out[#out + 1] = r.y
  else
    call('ZREM', AT, m)
  end
end
if #out == 1 and #found < 32 then undue('node:' .. ARGV[5]) end
return out
