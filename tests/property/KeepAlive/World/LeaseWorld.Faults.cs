using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive.World;

/// <summary>What goes wrong, and when.</summary>
internal sealed partial class LeaseWorld
{
    private void Disturb()
    {
        if (_faultRate == 0) return;
        if (_random.Chance(_faultRate * 2)) CutDatagrams();
        if (_random.Chance(_faultRate)) CutLog(Any());
        if (_random.Chance(_faultRate)) Pause(Any(), _random.Between(3, 60));
        if (_random.Chance(_faultRate)) KillSomebody();
        if (_random.Chance(_faultRate)) ChangeLeader();
        if (_random.Chance(0.05)) Tempt();
        if (_random.Chance(0.02)) MoveSomewhere();
        if (_random.Chance(0.02)) Replay();
    }

    /// <summary>By hand: datagrams of one direction are lost from now on.</summary>
    public void Cut(NodeId from, NodeId to) => _cuts[(from, to)] = int.MaxValue;

    public void Mend(NodeId from, NodeId to) => _cuts.Remove((from, to));

    /// <summary>By hand: the daemon dies and is back after a while, on the same boot.</summary>
    public void Kill(NodeId id, int ticks) => Kill(NodeOf(id), ticks, isReboot: false);

    public void CutLog(NodeId id) => NodeOf(id).CutOffLogUntil = int.MaxValue;

    /// <summary>An expiry is under way: now is when a restart, a new leader or a silenced voter hurts most.</summary>
    private void Tempt()
    {
        var voter = Any();
        var suspect = Nodes.Where(n => voter.File.Promises.GetValueOrDefault(n.Id).ExpiredInRound is not null).ToArray();
        if (suspect.Length == 0) return;
        var victim = suspect[_random.Below(suspect.Length)];
        switch (_random.Below(6))
        {
            case 0: KillIfThere(victim, 1); break;
            case 1: KillIfThere(voter, 1); break;
            case 2: ChangeLeader(); break;
            case 3: _cuts[(voter.Id, Leader.Id)] = Tick + 60; break;
            case 4: foreach (var node in Nodes) _cuts.Remove((victim.Id, node.Id)); break;
            case 5: CutLog(victim); break;
        }
    }

    private void KillIfThere(WorldNode node, int ticks)
    {
        if (node.IsThere(Tick)) Kill(node, ticks, isReboot: false);
    }

    private WorldNode Any() => Nodes[_random.Below(Nodes.Count)];

    private void CutDatagrams()
    {
        var node = Any();
        var others = Nodes.Where(n => n != node).ToArray();
        var until = Tick + _random.Between(5, 80);
        var kind = _random.Below(5);
        var pairs = kind switch
        {
            0 => [(node.Id, others[_random.Below(others.Length)].Id)],
            1 => others.Select(o => (node.Id, o.Id)),
            2 => others.Select(o => (o.Id, node.Id)),
            _ => others.SelectMany(o => new[] { (node.Id, o.Id), (o.Id, node.Id) }),
        };
        foreach (var pair in pairs) _cuts[pair] = until;
        Say($"datagrams cut until {until}: {string.Join(' ', pairs)}");
        if (kind == 4) CutLog(node);
    }

    private void CutLog(WorldNode node)
    {
        node.CutOffLogUntil = Tick + _random.Between(5, 120);
        Say($"{node.Id} cut off the log until {node.CutOffLogUntil}");
    }

    private void Pause(WorldNode node, int ticks)
    {
        node.PausedUntil = Tick + ticks;
        Say($"{node.Id} paused until {node.PausedUntil}");
    }

    private void KillSomebody()
    {
        var node = Any();
        if (node.IsThere(Tick)) Kill(node, _random.Chance(0.7) ? _random.Between(1, 8) : _random.Between(8, 70), _random.Chance(0.25));
    }

    private void Kill(WorldNode node, int ticks, bool isReboot)
    {
        if (isReboot)
        {
            node.Boot++;
            node.Running = null;
            node.ReleaseAt = null;
            node.Deadline = TimeSpan.MinValue;
            ticks += 5;
        }
        node.GoneUntil = Tick + ticks;
        node.PausedUntil = 0;
        // What was on its way to disk may have got there.
        foreach (var (_, write) in node.Flushes)
        {
            if (_random.Chance(0.5)) node.File = write.Table;
        }
        if (_faultRate > 0) node.Applied = Math.Max(0, node.Applied - _random.Below(8));
        Boot(node);
        Say($"{node.Id} killed, back at {node.GoneUntil} as {node.BootId} incarnation {node.Incarnation}, has applied {node.Applied}");
    }

    private void Boot(WorldNode node)
    {
        node.Incarnation++;
        node.StartUnderWay = null;
        node.DeadTokens.Clear();
        node.LastStopped = null;
        node.Flushes.Clear();
        node.Core = new LeaseCore(node.Id, new Incarnation(node.Incarnation), node.BootId, node.File, Cluster3.Definition,
            _rules.Core, node.Clock);
        if (_states.Count > 0) Use(node, o => node.Core.Project(node.Clock, View(node), o));
    }
}
