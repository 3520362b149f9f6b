-- Falls due: a chat that waited for one counsellor is anybody's. It kept its ticket.
-- ARGV[5] chat
-- Returns {'ok'} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not fallen('prefer:' .. chat) then return {'none'} end
if not r or not r.n then
  unprefer(chat, r or {})
  return {'none'}
end
anybodys(chat, r)
return {'ok'}
