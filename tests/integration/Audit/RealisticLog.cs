using System.Collections.Immutable;
using Drcm.Consensus;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.Integration.Tests.Audit;

/// <summary>Entries as a cluster of three nodes commits them over its life: deaths with takeovers and failbacks, standbys, failures. The same seed gives the same
/// entries. Each takes effect, and the reasons are as long as real ones.</summary>
internal sealed class RealisticLog(int slotsPerNode, ulong seed)
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NodeId[] Nodes = [new("n1"), new("n2"), new("n3")];

    private readonly SplitMix64 _random = new(seed);
    private readonly List<CommittedEntry> _entries = [];
    private long _index;
    private DateTimeOffset _at = Begin;

    public ClusterState State { get; private set; } = ClusterState.Empty;

    public int Events { get; private set; }

    /// <summary>Stamp of the newest entry.</summary>
    public DateTimeOffset At => _at;

    public IReadOnlyList<CommittedEntry> Entries => _entries;

    /// <param name="pace">Mean time between two stories.</param>
    public RealisticLog Grow(int events, TimeSpan pace)
    {
        if (_index == 0) Found();
        while (Events < events)
        {
            _at += pace * (0.5 + _random.Below(1000) / 1000.0);
            var node = Nodes[_random.Below(Nodes.Length)];
            switch (_random.Below(4))
            {
                case 0: Die(node); break;
                case 1: StandBy(node); break;
                default: Fail(node); break;
            }
        }
        return this;
    }

    /// <summary>The state after the newest entry, as the log hands it on in place of entries.</summary>
    public CommittedEntry Snapshot() => new(_index, 1, StateSnapshot.Encode(State), IsSnapshot: true);

    private void Found()
    {
        var text = "[CM_SERVER]\n[CM_APPLICATIONS]\n" + string.Concat(Applications().Select(a => $"{a}, root:root, true, true, true\n"));
        foreach (var (node, place) in Nodes.Select((n, i) => (n, i)))
        {
            text += $"[CM_NODE]\nnodename = {node}\nhostname = {node}\nkeep_alive_ip = 192.0.2.{place + 1}\nnode_applications = {string.Join(", ", Homes(place))}\n"
                + $"node_backup_applications = {string.Join(", ", Backups(place))}\n";
        }
        Commit(new ReasonedEvent(new ClusterConfigured(CanonicalText.Render(CmConfigReader.Read(text).Definition!)), "first configuration"));
        foreach (var node in Nodes) Start(node);
        foreach (var node in Nodes) Up(node);
        Place(State.Slots.Values);
    }

    private IEnumerable<string> Applications() => Enumerable.Range(0, Nodes.Length).SelectMany(Homes);

    private IEnumerable<string> Homes(int node) => Enumerable.Range(1, slotsPerNode).Select(i => $"app{node + 1}-{i}");

    private IEnumerable<string> Backups(int node) =>
        Enumerable.Range(0, Nodes.Length).Where(o => o != node).SelectMany(o => Homes(o).Select(a => $"{Nodes[o]}:{a}"));

    private void Die(NodeId node)
    {
        var held = State.Slots.Values.Where(s => s.Owner == node).ToArray();
        var others = Nodes.Where(n => n != node).ToImmutableArray();
        Commit(
        [
            new ReasonedEvent(
                new NodeDown(node, State.Nodes[node].Round, others),
                $"node {node} is down: 2 of 3 voters ({string.Join(", ", others)}) acknowledged nothing for 1.5 s in round {State.Nodes[node].Round}; its slots move to backups"),
            .. held.Select(s => Assigned(s.Id, others[0], $"{s.Id} goes to {others[0]}, its first living eligible backup: {node} is down")),
        ]);
        foreach (var slot in held) Started(slot.Id);
        _at += TimeSpan.FromMinutes(2);
        Start(node);
        Up(node);
        GoHome(node);
    }

    private void StandBy(NodeId node)
    {
        Commit(new ReasonedEvent(new NodeStandby(node, StandbyKind.Operator), $"an operator put {node} on standby: it gives its slots away"));
        var other = Nodes.First(n => n != node);
        foreach (var slot in State.Slots.Values.Where(s => s.Owner == node)) Move(slot, other, $"{node} stands by: {node} stops {slot.Id}, then {other} starts it");
        _at += TimeSpan.FromMinutes(10);
        Commit(new ReasonedEvent(new NodeActivated(node), $"an operator activated {node}: it takes slots again"));
        GoHome(node);
    }

    private void Fail(NodeId node)
    {
        if (State.Slots.Values.Where(s => s.Owner == node).ToArray() is not { Length: > 0 } held) return;
        var slot = held[_random.Below(held.Length)];
        var number = State.Slots[slot.Id].FailuresCounted + 1;
        const string detail = "monitor failed: exit 1 after 212 ms: connection refused";
        Commit(new ReasonedEvent(
            new ResourceFailed(slot.Id, slot.Token, State.Nodes[node].Incarnation, number, detail),
            $"{slot.Id} failed on {node} ({detail}): 1 of 3 failures until it moves"));
        _at += TimeSpan.FromMinutes(10);
        Commit(new ReasonedEvent(new FailuresCleared(slot.Id, node), $"1 failure of {slot.Id} on {node} lies long enough back: forgotten"));
    }

    private void GoHome(NodeId node)
    {
        foreach (var slot in State.Slots.Values.Where(s => s.Id.Home == node && s.Owner != node))
            Move(slot, node, $"{node} can take {slot.Id} home, and it fails back at once: {slot.Owner} stops it, then {node} starts it");
    }

    private void Move(SlotState slot, NodeId to, string why)
    {
        var from = slot.Owner!.Value;
        Commit(new ReasonedEvent(new SlotRevoked(slot.Id, slot.Token), why));
        Commit(
            new ReasonedEvent(
                new ResourceStopped(slot.Id, slot.Token, State.Nodes[from].Incarnation),
                $"{from} stopped {slot.Id}: nothing of it runs under token {slot.Token} any more"),
            Assigned(slot.Id, to, $"{slot.Id} goes to its home node {to}, which is up"));
        Started(slot.Id);
    }

    private void Place(IEnumerable<SlotState> slots)
    {
        var placed = slots.Select(s => s.Id).ToArray();
        Commit([.. placed.Select(s => Assigned(s, s.Home, $"{s} goes to its home node {s.Home}, which is up"))]);
        foreach (var slot in placed) Started(slot);
    }

    private static ReasonedEvent Assigned(SlotId slot, NodeId node, string why) => new(new SlotAssigned(slot, node), why);

    private void Started(SlotId id)
    {
        var slot = State.Slots[id];
        var owner = slot.Owner!.Value;
        Commit(new ReasonedEvent(new ResourceStarted(id, slot.Token, State.Nodes[owner].Incarnation), $"{owner} started {id}"));
    }

    private void Start(NodeId node)
    {
        var incarnation = new Incarnation(State.Nodes[node].Incarnation.Value + 1);
        var boot = $"boot-{node}-{incarnation}";
        Commit(new ReasonedEvent(new NodeStarted(node, incarnation, boot), $"{node} reports incarnation {incarnation}: its daemon started (boot {boot})"));
    }

    private void Up(NodeId node) => Commit(new ReasonedEvent(
        new NodeUp(node, State.Nodes[node].Incarnation), $"{node} is heard again, knows of its death at {State.Nodes[node].DownAt} and holds nothing exclusive: it may own slots"));

    private void Commit(params ImmutableArray<ReasonedEvent> events)
    {
        if (events.IsEmpty) return;
        _at += TimeSpan.FromMilliseconds(20);
        // The engine's own entries leave holes.
        _index += _random.Below(50) == 0 ? 2 : 1;
        var batch = new EventBatch(_at, "node:n1", events);
        var applied = Transition.Apply(State, new LogIndex(_index), batch);
        if (applied.Events.FirstOrDefault(e => !e.IsEffective) is { } idle) throw new InvalidOperationException($"{idle.Event}: {idle.WhyNot}");
        State = applied.State;
        Events += events.Length;
        _entries.Add(new CommittedEntry(_index, 1, EventCodec.Encode(batch)));
    }
}
