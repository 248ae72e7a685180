using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Property.Tests.KeepAlive;

/// <summary>One lease core by hand: its neighbours are the test.</summary>
internal sealed class Bench
{
    private readonly Dictionary<NodeId, long> _sequences = [];

    public Bench(NodeId self, ProtocolRules rules, PromiseTable? stored = null, ClusterState? state = null, long incarnation = 1)
    {
        Self = self;
        Incarnation = new Incarnation(incarnation);
        Core = new LeaseCore(self, Incarnation, $"boot-{self}", stored ?? PromiseTable.Empty, Cluster3.Definition, rules, Now);
        File = stored ?? PromiseTable.Empty;
        State = state ?? Cluster3.AllUp;
        Step(o => Core.Project(Now, State, o));
    }

    public NodeId Self { get; }

    public Incarnation Incarnation { get; }

    public LeaseCore Core { get; }

    public ClusterState State { get; private set; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(7);

    /// <summary>What is on disk.</summary>
    public PromiseTable File { get; private set; }

    public bool FlushesAtOnce { get; set; } = true;

    public List<PromiseWrite> Unflushed { get; } = [];

    /// <summary>Sent in the last step.</summary>
    public List<Message> Sent { get; } = [];

    public List<string> Notes { get; } = [];

    public IEnumerable<AnswerMessage> Answers => Sent.OfType<AnswerMessage>();

    public void Project(ClusterState state)
    {
        State = state;
        Step(o => Core.Project(Now, state, o));
    }

    /// <summary>Passes time in steps well below D/4 and ticks after each.</summary>
    public void Pass(TimeSpan span, Action? each = null)
    {
        var step = TimeSpan.FromMilliseconds(10);
        for (var end = Now + span; Now < end;)
        {
            Now += step;
            each?.Invoke();
            Tick();
        }
    }

    /// <summary>Time passes while the node does not run.</summary>
    public void Freeze(TimeSpan span) => Now += span;

    public void Tick() => Step(o => Core.Tick(Now, o));

    public AnswerKind? Hear(Message message)
    {
        Step(o => Core.Receive(Now, message, o));
        return Answers.LastOrDefault()?.Kind;
    }

    public KeepAliveMessage KeepAlive(NodeId from, long? epoch = null, long? applied = null, long incarnation = 1,
        long? sequence = null, long? echo = null, string? boot = null, params Expiry[] expiries) =>
        new(from, new Incarnation(incarnation), Self, new Incarnation(echo ?? Incarnation.Value), sequence ?? Next(from), new NodeReport
        {
            Node = from,
            Incarnation = new Incarnation(incarnation),
            BootId = boot ?? $"boot-{from}",
            Applied = new LogIndex(applied ?? State.Version.Value),
            Epoch = new LogIndex(epoch ?? State.Nodes[from].Epoch.Value),
            ConfigDigest = "digest",
            Expiries = [.. expiries],
        });

    public KeepAliveMessage KeepAliveBeforeConfiguration(NodeId from) => KeepAlive(from, epoch: 0, applied: 0);

    public AnswerMessage Answer(NodeId from, KeepAliveMessage to, AnswerKind kind, params Expiry[] expiries) =>
        new(from, new Incarnation(1), Self, to.FromIncarnation, Next(from), to.Sequence, kind, [.. expiries]);

    /// <summary>The core's newest keep-alive to a node, of the next round that is due.</summary>
    public KeepAliveMessage NextKeepAlive(NodeId to)
    {
        for (var i = 0; i < 10; i++)
        {
            Pass(TimeSpan.FromMilliseconds(10));
            if (Sent.OfType<KeepAliveMessage>().LastOrDefault(m => m.To == to) is { } sent) return sent;
        }
        throw new InvalidOperationException($"no keep-alive to {to}");
    }

    public void Flush()
    {
        var writes = Unflushed.ToArray();
        Unflushed.Clear();
        foreach (var write in writes)
        {
            File = write.Table;
            Step(o => Core.PromiseStored(Now, write.WriteId, o), keepSent: true);
        }
    }

    private void Step(Action<LeaseOutputs> step, bool keepSent = false)
    {
        var outputs = new LeaseOutputs();
        step(outputs);
        if (!keepSent) Sent.Clear();
        Sent.AddRange(outputs.Messages.Select(m => m.Message));
        Notes.AddRange(outputs.Notes);
        Unflushed.AddRange(outputs.Writes);
        if (FlushesAtOnce && Unflushed.Count > 0) Flush();
    }

    private long Next(NodeId from) => _sequences[from] = _sequences.GetValueOrDefault(from) + 1;
}
