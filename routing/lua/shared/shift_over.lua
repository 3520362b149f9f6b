-- Falls due: the last intake before the end of a counsellor's shift was. As rest.
-- ARGV[5] name
-- Returns {'ok', changed...} or {'none'}.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not fallen('shift:' .. name) then return {'none'} end
undue('shift:' .. name)
if not c or not c.e then return {'none'} end
local f = c.f
c.s = 'rest'
no_breaks(name, c)
keep_counsellor(name, c)
if f ~= '' then
  local chat = string.match(call('HGET', OFFERS, f), '^r:([^:]*)')
  local r = chat_of(chat)
  unring(r)
  unrung(chat, r)
end
return {'ok', unpack(changed)}
