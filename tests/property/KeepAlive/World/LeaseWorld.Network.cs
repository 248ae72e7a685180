using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive.World;

/// <summary>Datagrams: lost, late, twice, out of order, cut one way, recorded and played again.</summary>
internal sealed partial class LeaseWorld
{
    private const int RecordedMax = 256;

    private readonly Dictionary<(NodeId From, NodeId To), int> _cuts = [];
    private readonly List<(int Due, Message Message)> _wire = [];
    private readonly List<Message> _recorded = [];

    private void Send(Message m)
    {
        if (_recorded.Count < RecordedMax) _recorded.Add(m);
        else if (_random.Chance(0.05)) _recorded[_random.Below(RecordedMax)] = m;
        if (_faultRate == 0)
        {
            if (!_cuts.ContainsKey((m.From, m.To))) _wire.Add((Tick + 1, m));
            return;
        }
        if (_cuts.GetValueOrDefault((m.From, m.To)) > Tick || _random.Chance(0.03))
        {
            if (_rules.SecondPath && IsOnLog(NodeOf(m.From)) && IsOnLog(NodeOf(m.To))) _wire.Add((Tick + _random.Between(1, 6), m));
            return;
        }
        for (var copies = _random.Chance(0.03) ? 2 : 1; copies > 0; copies--)
            _wire.Add((Tick + (_random.Chance(0.96) ? _random.Below(3) : _random.Between(3, 50)), m));
    }

    private void Replay()
    {
        if (_recorded.Count > 0) _wire.Add((Tick, _recorded[_random.Below(_recorded.Count)]));
    }

    /// <summary>A paused process finds its messages when it wakes; those to a dead one are lost.</summary>
    private void Deliver()
    {
        var due = _wire.Where(w => w.Due <= Tick && NodeOf(w.Message.To).PausedUntil <= Tick).ToArray();
        if (due.Length == 0) return;
        _wire.RemoveAll(w => w.Due <= Tick && NodeOf(w.Message.To).PausedUntil <= Tick);
        for (var i = due.Length - 1; i > 0; i--)
        {
            var j = _random.Below(i + 1);
            (due[i], due[j]) = (due[j], due[i]);
        }
        foreach (var (_, message) in due)
        {
            var node = NodeOf(message.To);
            if (node.IsThere(Tick)) Use(node, o => node.Core.Receive(node.Clock, message, o));
        }
    }

    /// <summary>Runs one step of a core and carries out what it asks for.</summary>
    private void Use(WorldNode node, Action<LeaseOutputs> step)
    {
        _outputs.Clear();
        step(_outputs);
        foreach (var sent in _outputs.Messages) Send(sent.Message);
        foreach (var write in _outputs.Writes) node.Flushes.Add((Tick + _random.Below(3), write));
        foreach (var note in _outputs.Notes) Say($"{node.Id}: {note}");
    }

    private WorldNode NodeOf(NodeId id) => Nodes.First(n => n.Id == id);

    private bool IsOnLog(WorldNode node) => node.CutOffLogUntil <= Tick;
}
