using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Nodes;

/// <summary>The log's contract as a model: one leader at a time that the others reach, an append takes effect only on the version it expects, its answer may
/// get lost, readers lag.</summary>
internal sealed class WorldLog(World world)
{
    private readonly List<(LogIndex Index, EventBatch Batch)> _entries = [];
    private readonly List<TimeSpan> _committedAt = [];
    private readonly List<(TimeSpan At, WorldHost From, long Life, LogIndex Expected, EventBatch Batch)> _proposals = [];
    private NodeId? _leader;
    private TimeSpan _electionAt = TimeSpan.FromMilliseconds(600);
    private long _lastIndex;

    public ClusterState State { get; private set; } = ClusterState.Empty;

    public int Count => _entries.Count;

    public NodeId? Leader => _leader;

    public (LogIndex Index, EventBatch Batch) this[int place] => _entries[place];

    public void Propose(WorldHost from, LogIndex expected, ImmutableArray<ReasonedEvent> events, string actor) =>
        _proposals.Add((
            world.Now + TimeSpan.FromMilliseconds(2 + world.Random.Below(6)), from, from.Life, expected,
            new EventBatch(DateTimeOffset.UnixEpoch + world.Now, actor, events)));

    /// <summary>Whether the node has been told that the entry is committed: the leader at once, the others by the leader, a heartbeat later.</summary>
    public bool IsTold(NodeId node, int place) =>
        node == _leader || world.Heartbeat == TimeSpan.Zero || (_leader is not null && world.Now >= _committedAt[place] + world.Heartbeat);

    public void LoseLeader()
    {
        if (_leader is { } old) world.Hosts[old].LeadershipChanged(isLeading: false);
        _leader = null;
        _electionAt = world.Now + TimeSpan.FromMilliseconds(300 + world.Random.Below(900));
    }

    public void Advance()
    {
        if (_leader is { } leader && !CanLead(world.Hosts[leader])) LoseLeader();
        if (_leader is null && world.Now >= _electionAt) Elect();
        for (var i = 0; i < _proposals.Count;)
        {
            if (_proposals[i].At > world.Now)
            {
                i++;
                continue;
            }
            var proposal = _proposals[i];
            _proposals.RemoveAt(i);
            Settle(proposal.From, proposal.Life, proposal.Expected, proposal.Batch);
        }
    }

    /// <summary>A majority of the voters runs and reaches the node, both ways.</summary>
    public bool IsConnected(WorldHost host) =>
        host.IsTakingPart && world.Hosts.Values.Count(o =>
            o.IsTakingPart && (o == host || (!world.IsCut(o.Id, host.Id) && !world.IsCut(host.Id, o.Id)))) * 2 > world.Hosts.Count;

    private bool CanLead(WorldHost host) => IsConnected(host);

    private void Elect()
    {
        var candidates = world.Hosts.Values.Where(h => CanLead(h) && h.Applied == _entries.Count).ToArray();
        if (candidates.Length == 0) return;
        _leader = candidates[(int)world.Random.Below(candidates.Length)].Id;
        _lastIndex++;
        world.Say($"{_leader} leads");
        world.Hosts[_leader.Value].LeadershipChanged(isLeading: true);
    }

    private void Settle(WorldHost from, long life, LogIndex expected, EventBatch batch)
    {
        var isEffective = _leader == from.Id && CanLead(from) && expected == State.Version;
        if (isEffective)
        {
            var index = new LogIndex(++_lastIndex);
            _entries.Add((index, batch));
            _committedAt.Add(world.Now);
            State = Transition.Apply(State, index, batch).State;
            foreach (var e in batch.Events) world.Say($"{index} {EventNames.Of(e.Event)}: {e.Reason}");
        }
        // One answer in twenty never comes: the proposer has to find out by reading.
        if (world.Percent() >= 5 && from.Life == life) from.ProposalEnded(isEffective, new LogIndex(_lastIndex));
    }
}
