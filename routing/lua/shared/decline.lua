-- A counsellor declines: the chat is back in line at its old ticket, and she is passed over for it.
-- ARGV[5] name  [6] offer  [7] time she is passed over in s
-- Returns {'ok', changed...} or {'none'}.
local name, c = ARGV[5], counsellor_of(ARGV[5])
local state, chat, whose = string.match(call('HGET', OFFERS, ARGV[6]) or '', '^(.):([^:]*):(.*)$')
if not c or state ~= 'r' or whose ~= name then return {'none'} end
local r = chat_of(chat)
unring(r)
pass_over(chat, r, name, tonumber(ARGV[7]))
unrung(chat, r)
c = counsellor_of(name)
serve_counsellor(name, c)
return {'ok', unpack(changed)}
