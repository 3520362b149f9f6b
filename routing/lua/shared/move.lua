-- A lead moves a place in line: it waits for a counsellor of the line for a while, or the young person is asked whether
-- they want to go to another line.
-- ARGV[5] name  [6] chat  [7] line or ''  [8] counsellor or ''  [9] how long to wait for her in s  [10] id of the offer
-- [11] lines that take somebody in now, as JSON  [12] lines for practice as JSON  [13] how long an answer is waited for in s
-- Returns {'ok', changed...}; {'chat'}: it stands in none of her lines; {'none'}: she is no lead at a desk, it rings
-- somewhere, the young person is not there to be asked or said no before, or nobody can take it there.
local c, chat, r, line, to = counsellor_of(ARGV[5]), ARGV[6], chat_of(ARGV[6]), ARGV[7], ARGV[8]
if not c or not c.ld or c.k == '' then return {'none'} end
if not r or r.of or r.s ~= 'w' and r.s ~= 'h' and r.s ~= 'o' or not on_line(c, r.l) then return {'chat'} end
if r.s == 'o' then return {'none'} end
if to ~= '' then
  local who, speaks = counsellor_of(to), false
  if not who or who.s ~= 'ready' or who.k == '' or not on_line(who, r.l) then return {'none'} end
  for _, g in ipairs(who.G) do speaks = speaks or g == r.g end
  if not speaks then return {'none'} end
  if r.x then r.x[to] = nil end -- she may have declined it: now somebody means her
  prefer(chat, r, to, tonumber(ARGV[9]))
  keep(chat, r)
  if r.s == 'w' then serve_chat(chat, r) end
  return {'ok'}
end
if r.s ~= 'w' or line == r.l or not alike(line, r.l, cjson.decode(ARGV[12])) or r.no and r.no[line] or let_be(r) then return {'none'} end
if not someone_at(line, '', nil, cjson.decode(ARGV[11])) then return {'none'} end
if r.ho and r.ho.l == line then return {'ok'} end
unpropose(r, 'nobody')
ask_over(chat, r, ARGV[10], line, tonumber(ARGV[13]))
return {'ok', unpack(changed)}
