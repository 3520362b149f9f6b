-- A line closed: those still in line are told so, some at a call. A talk that broke off keeps its place for as long as
-- somebody of the line is on duty. Who is rung for may still be accepted, and who is away is told when they are back.
-- ARGV[5] line  [6] how many at most
-- Returns {'ok', how many left the line, changed...}; call again while it is as many.
local n, stay = 0, 0
while n < tonumber(ARGV[6]) do
  local m = prefix(WAITING, ARGV[5], stay, 1)[1]
  if not m then break end
  local chat = string.match(m, ':([^:]*)$')
  local r = chat_of(chat)
  if not r then
    call('ZREM', WAITING, m)
  elseif r.of and r.n or not r.of and not shut_out(r.l, r.c, {ARGV[5]}) then
    stay = stay + 1 -- as a handover to a colleague, who may still take over what goes on past closing
  elseif r.of then
    give_back(r)
    n = n + 1
  else
    finish(chat, r, 'closed', 0)
    n = n + 1
  end
end
return {'ok', n, unpack(changed)}
