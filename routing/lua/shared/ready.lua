-- A counsellor sets her capacity and is ready; whom she was passed over for may be offered to her again.
-- ARGV[5] name  [6] capacity
-- Returns {'ok'} or {'none'}: she is not at a desk.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not c or c.k == '' then return {'none'} end
c.r = call('INCR', TICKETS)
if c.s ~= 'ready' then c.i = c.r end
c.s, c.c = 'ready', tonumber(ARGV[6])
local f = c.f
keep_counsellor(name, c)
if f ~= '' and c.h > c.c then
  local chat = string.match(call('HGET', OFFERS, f), '^r:([^:]*)')
  local r = chat_of(chat)
  unring(r)
  queue(chat, r)
  serve_chat(chat, r)
else
  serve_counsellor(name, c)
end
return {'ok'}
