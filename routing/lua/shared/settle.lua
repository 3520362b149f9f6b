-- Chats whose own state has learnt of a change need not be told again.
-- ARGV[5], [6] chat, version  [7], [8] ...
-- Returns {'ok'}.
for i = 5, #ARGV, 2 do
  local r = chat_of(ARGV[i])
  if not r or r.v == tonumber(ARGV[i + 1]) then undue('apply:' .. ARGV[i]) end
end
return {'ok'}
