-- A counsellor rests: no more offers; one that rings goes back in line.
-- ARGV[5] name
-- Returns {'ok', changed...} or {'none'}: she is not at a desk.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not c then return {'none'} end
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
