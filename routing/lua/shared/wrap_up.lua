-- A counsellor gave the wrap-up of a chat that ended: its place is free.
-- ARGV[5] name  [6] chat
-- Returns {'ok', line}, {'again'} when it was given before, {'none'} when she owes none.
local name, chat = ARGV[5], ARGV[6]
if not call('ZSCORE', HELD, name .. ':w:' .. chat) then
  return {call('ZSCORE', HELD, name .. ':z:' .. chat) and 'again' or 'none'}
end
local c, held = counsellor_of(name), call('ZREM', DUE, 'wrap:' .. name .. ':' .. chat)
call('ZREM', HELD, name .. ':w:' .. chat)
call('ZADD', HELD, 0, name .. ':z:' .. chat)
if c then
  if held == 1 then c.h = c.h - 1 end
  keep_counsellor(name, c)
  serve_counsellor(name, c)
end
local r = chat_of(chat)
return {'ok', r and r.l or ''}
