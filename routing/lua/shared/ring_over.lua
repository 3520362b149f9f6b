-- Falls due: nobody answered the ring. As a decline, and the counsellor rests.
-- ARGV[5] offer  [6] time she is passed over in s
-- Returns {'ok', changed...} or {'none'}.
local state, chat, name = string.match(call('HGET', OFFERS, ARGV[5]) or '', '^(.):([^:]*):(.*)$')
if not fallen('ring:' .. ARGV[5]) then return {'none'} end
undue('ring:' .. ARGV[5])
if state ~= 'r' then return {'none'} end
local r = chat_of(chat)
local _, c = unring(r)
if c then
  c.s = 'rest'
  no_breaks(name, c)
  keep_counsellor(name, c)
end
pass_over(chat, r, name, tonumber(ARGV[6]))
unrung(chat, r)
return {'ok', unpack(changed)}
