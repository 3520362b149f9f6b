-- A counsellor gave the wrap-up of a chat that ended: its place is free.
-- ARGV[5] name  [6] chat  [7] how long a breather begins in s, 0 for none
-- Returns {'ok', line, first, changed...}: the line of the chat, and the one that handed it over first, '' for none. Both
-- are '' where the chat was wrapped up before: a chat that was lost, came back and ended again is one visit and counts
-- once. {'again'} when she gave this one before, {'none'} when she owes none.
local name, chat = ARGV[5], ARGV[6]
if not call('ZSCORE', HELD, name .. ':w:' .. chat) then
  return {call('ZSCORE', HELD, name .. ':z:' .. chat) and 'again' or 'none'}
end
local c, held = counsellor_of(name), call('ZREM', DUE, 'wrap:' .. name .. ':' .. chat)
call('ZREM', HELD, name .. ':w:' .. chat)
call('ZADD', HELD, 0, name .. ':z:' .. chat)
if c then
  if held == 1 then c.h = c.h - 1 end
  local f = ''
  if tonumber(ARGV[7]) > 0 and c.s == 'ready' then
    f = c.f
    breathe(name, c, tonumber(ARGV[7]))
  end
  keep_counsellor(name, c)
  if f ~= '' then
    unring_desk(f)
    c = counsellor_of(name)
  end
  serve_counsellor(name, c)
end
local r = chat_of(chat)
if not r or r.wu then return {'ok', '', '', unpack(changed)} end
r.wu = true
keep(chat, r)
return {'ok', r.l, r.fl or '', unpack(changed)}
