-- A counsellor asks whether a chat of hers may go to another line, or to a colleague. What she asked before is asked no
-- more.
-- ARGV[5] chat  [6] name  [7] id of the offer  [8] line or ''  [9] colleague or ''  [10] id of the slip's message or ''
-- [11] lines that take somebody in now, as JSON  [12] lines for practice as JSON
-- Returns {'ok', changed...}, {'nobody', changed...} when nobody there can be asked, or {'none'}: the chat is not hers.
local chat, r, open = ARGV[5], chat_of(ARGV[5]), cjson.decode(ARGV[11])
if not r or r.s ~= 't' or r.o ~= ARGV[6] then return {'none'} end
if r.ho and r.ho.i == ARGV[7] then return {'ok'} end
local line, name = ARGV[8], ARGV[9] ~= '' and ARGV[9] or nil
if name then line = line_with(name, r.l, open) or '' end
local there = line ~= '' and alike(line, r.l, cjson.decode(ARGV[12])) and someone_at(line, ARGV[6], name, open)
if r.ho then
  unpropose(r, 'nobody')
  if not there then project(chat, r) end
end
if not there then return {'nobody', unpack(changed)} end
propose(chat, r, ARGV[7], line, name, ARGV[10] ~= '' and ARGV[10] or nil)
return {'ok', unpack(changed)}
