-- Falls due: a node gave no sign of life. The young people at it are down, at most 32 a call.
-- ARGV[5] node  [6] time a place in line is held in s  [7] grace in a chat in s
-- Returns {'ok', chat, node/sock...}; call again while it names chats; or {'none'}.
if not fallen('node:' .. ARGV[5]) then return {'none'} end
local out, found = {'ok'}, prefix(AT, ARGV[5], 0, 32)
for _, m in ipairs(found) do
  local chat = string.sub(m, #ARGV[5] + 2)
  local r = chat_of(chat)
  if r and r.y ~= '' and string.match(r.y, '^[^/]*') == ARGV[5] then
    out[#out + 1] = chat
    out[#out + 1] = r.y
    youth_down(chat, r, tonumber(ARGV[6]), tonumber(ARGV[7]))
  else
    call('ZREM', AT, m)
  end
end
if #found == 0 then undue('node:' .. ARGV[5]) end
return out
