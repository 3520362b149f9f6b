-- Chats as they stand, for telling their own state again.
-- ARGV[5...] chats
-- Returns {'ok', chat, JSON...}.
local out = {'ok'}
for i = 5, #ARGV do
  local j = call('HGET', CHATS, ARGV[i])
  if j then
    out[#out + 1] = ARGV[i]
    out[#out + 1] = j
  else
    undue('apply:' .. ARGV[i])
  end
end
return out
