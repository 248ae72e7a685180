using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Solo;

namespace Drcm.Simulation.Cluster;

/// <summary>The log's contract as a model: one leader at a time that the others reach, an append takes effect only on the version it expects, its answer may
/// get lost, readers lag.</summary>
internal sealed class WorldLog
{
    private readonly World _world;

    private const int SlowMillisecondsMax = 1000;

    private readonly List<(LogIndex Index, EventBatch Batch)> _entries = [];
    private readonly List<TimeSpan> _committedAt = [];
    private readonly List<ClusterState> _states = [];
    private readonly List<(TimeSpan At, WorldHost From, long Life, LogIndex Expected, EventBatch Batch)> _proposals = [];
    private readonly List<(LogIndex Expected, EventBatch Batch)> _inherited = [];
    private readonly List<(TimeSpan At, WorldHost From, long Life, LogStep Step)> _changes = [];
    private readonly SortedDictionary<NodeId, string> _members = [];
    private readonly HashSet<(SlotId Slot, LogIndex Token, NodeId Owner)> _assigned = [];
    private NodeId? _leader;
    private TimeSpan _electionAt = TimeSpan.FromMilliseconds(600);
    private long _lastIndex;

    public WorldLog(World world) => _world = world;

    /// <summary>A generation that one node of a pair began alone (T5).</summary>
    /// <param name="first">Of everything that its own log held.</param>
    public WorldLog(World world, WorldLog former, WorldHost owner, Generation generation, ClusterState first)
    {
        _world = world;
        (Generation, Base, State, OpenedAt) = (generation, first, first, world.Now);
        _lastIndex = first.Version.Value;
        _electionAt = world.Now + TimeSpan.FromMilliseconds(20 + world.Random.Below(200));
        _assigned.UnionWith(former._assigned);
        _members.Add(owner.Id, owner.Identity);
    }

    public Generation Generation { get; }

    public TimeSpan OpenedAt { get; }

    /// <summary>What a generation begins with; null: nothing, it is the first.</summary>
    public ClusterState? Base { get; }

    public ClusterState State { get; private set; } = ClusterState.Empty;

    public int Count => _entries.Count;

    /// <summary>Until then commits take up to a second.</summary>
    public TimeSpan SlowUntil { get; set; }

    /// <summary>The token was given to the owner at some time.</summary>
    public bool HasAssigned(SlotId slot, LogIndex token, NodeId owner) => _assigned.Contains((slot, token, owner));

    /// <summary>It lives in this history.</summary>
    public bool Has(WorldHost host) => host.Log == this;

    public void Heal() => SlowUntil = TimeSpan.Zero;

    public NodeId? Leader => _leader;

    public (LogIndex Index, EventBatch Batch) this[int place] => _entries[place];

    /// <summary>What a snapshot of the first <paramref name="count"/> entries restores, by the real codec.</summary>
    public ClusterState Restored(int count) => StateSnapshot.Decode(StateSnapshot.Encode(_states[count - 1]));

    public ClusterState StateAt(int count) => _states[count - 1];

    public void Propose(WorldHost from, LogIndex expected, ImmutableArray<ReasonedEvent> events, string actor) =>
        _proposals.Add((
            _world.Now + TimeSpan.FromMilliseconds(2 + _world.Random.Below(6) + (_world.Now < SlowUntil ? _world.Random.Below(SlowMillisecondsMax) : 0)), from, from.Life, expected,
            new EventBatch(DateTimeOffset.UnixEpoch + _world.Now, actor, events)));

    /// <summary>Whether the node has been told that the entry is committed: the leader at once, the others by the leader, a heartbeat later.</summary>
    public bool IsTold(NodeId node, int place) =>
        node == _leader || _world.Heartbeat == TimeSpan.Zero || (_leader is not null && _world.Now >= _committedAt[place] + _world.Heartbeat);

    /// <summary>Members by name, each with the spool that its vote is in.</summary>
    public IReadOnlyDictionary<NodeId, string> Members => _members;

    /// <summary>No member comes or goes; for schedules by hand.</summary>
    public bool RefusesChanges { get; set; }

    public void Begin(IEnumerable<WorldHost> members)
    {
        foreach (var member in members) _members.Add(member.Id, member.Identity);
    }

    public ImmutableSortedSet<NodeId> MemberNames => [.. _members.Keys];

    public void Change(WorldHost from, LogStep step) =>
        _changes.Add((_world.Now + TimeSpan.FromMilliseconds(20 + _world.Random.Below(100)), from, from.Life, step));

    /// <summary>An operator brings a file into force.</summary>
    public void Configure(ClusterDefinition definition) => Ask(new Configure(CanonicalText.Render(definition)));

    /// <summary>An operator's command, as if a leader had taken it at once.</summary>
    public void Ask(Command command)
    {
        var decided = Decider.Decide(State, command);
        if (!decided.Events.IsEmpty) Commit(new EventBatch(DateTimeOffset.UnixEpoch + _world.Now, "operator:test", decided.Events));
    }

    public void LoseLeader()
    {
        if (_leader is { } old)
        {
            if (Has(_world.Hosts[old])) _world.Hosts[old].LeadershipChanged(isLeading: false);
            // What it has proposed may have reached enough of the others, who go on with it.
            foreach (var proposal in _proposals.Where(p => p.From.Id == old && _world.Percent() < 50)) _inherited.Add((proposal.Expected, proposal.Batch));
            _proposals.RemoveAll(p => p.From.Id == old);
        }
        _leader = null;
        _electionAt = _world.Now + TimeSpan.FromMilliseconds(300 + _world.Random.Below(900));
    }

    public void Advance()
    {
        if (_leader is { } leader && !CanLead(_world.Hosts[leader])) LoseLeader();
        if (_leader is null && _world.Now >= _electionAt) Elect();
        for (var i = 0; i < _proposals.Count;)
        {
            if (_proposals[i].At > _world.Now)
            {
                i++;
                continue;
            }
            var proposal = _proposals[i];
            _proposals.RemoveAt(i);
            Settle(proposal.From, proposal.Life, proposal.Expected, proposal.Batch);
        }
        for (var i = 0; i < _changes.Count;)
        {
            if (_changes[i].At > _world.Now)
            {
                i++;
                continue;
            }
            var change = _changes[i];
            _changes.RemoveAt(i);
            Settle(change.From, change.Life, change.Step);
        }
    }

    /// <summary>A majority of the members runs and reaches the node, both ways.</summary>
    public bool IsConnected(WorldHost host) =>
        host.IsTakingPart && Has(host) && _members.Keys.Select(m => _world.Hosts[m]).Count(o =>
            o.IsTakingPart && !o.Disk.IsFull(_world.Now) && IsMember(o) && (o == host || (!_world.Network.IsCut(o.Id, host.Id) && !_world.Network.IsCut(host.Id, o.Id)))) * 2 > _members.Count;

    /// <summary>By the spool that it was added with: a wiped one has lost its vote.</summary>
    public bool IsMember(WorldHost host) => Has(host) && _members.TryGetValue(host.Id, out var identity) && identity == host.Identity;

    private bool CanLead(WorldHost host) => IsMember(host) && IsConnected(host);

    /// <summary>A change of members commits by those that it leaves.</summary>
    private bool HasMajorityAfter(LogStep step)
    {
        if (step.Kind == LogStepKind.Resign) return true;
        var after = _members.Keys.Where(m => m != step.Node).Select(m => _world.Hosts[m]).ToList();
        var alive = after.Count(h => h.IsTakingPart && IsMember(h));
        if (step.Kind == LogStepKind.Remove) return alive * 2 > after.Count;
        return (alive + (_world.Hosts[step.Node].IsTakingPart && Has(_world.Hosts[step.Node]) ? 1 : 0)) * 2 > after.Count + 1;
    }

    private void Settle(WorldHost from, long life, LogStep step)
    {
        var whyNot = RefusesChanges ? "as told"
            : _leader != from.Id || !CanLead(from) ? $"{from.Id} does not lead"
            : HasMajorityAfter(step) ? ""
            : "no majority of the members that there would be";
        if (whyNot.Length == 0)
        {
            _world.Say($"log {step.Kind} {step.Node}: {step.Reason}");
            switch (step.Kind)
            {
                case LogStepKind.Add: _members[step.Node] = _world.Hosts[step.Node].Identity; break;
                case LogStepKind.Remove: _members.Remove(step.Node); break;
                case LogStepKind.Resign: LoseLeader(); break;
            }
        }
        foreach (var host in _world.Hosts.Values.Where(Has)) host.LogMembersChanged(MemberNames);
        if (from.Life == life) from.MembersChanged(whyNot);
    }

    private void Elect()
    {
        foreach (var (expected, batch) in _inherited)
        {
            if (expected == State.Version) Commit(batch);
        }
        _inherited.Clear();
        var candidates = _world.Hosts.Values.Where(h => CanLead(h) && h.Applied == _entries.Count).ToArray();
        if (candidates.Length == 0) return;
        _leader = candidates[(int)_world.Random.Below(candidates.Length)].Id;
        _lastIndex++;
        _world.Say($"{_leader} leads");
        _world.Hosts[_leader.Value].LogMembersChanged(MemberNames);
        _world.Hosts[_leader.Value].LeadershipChanged(isLeading: true);
    }

    /// <summary>What no leader of ours would append.</summary>
    public void Force(ClusterEvent @event)
    {
        var batch = new EventBatch(DateTimeOffset.UnixEpoch + _world.Now, "node:nobody", [new ReasonedEvent(@event, "forced by the test")]);
        var index = new LogIndex(++_lastIndex);
        Append(index, batch);
        _world.Say($"{index} {EventNames.Of(@event)} forced");
    }

    private void Settle(WorldHost from, long life, LogIndex expected, EventBatch batch)
    {
        var isEffective = _leader == from.Id && CanLead(from) && expected == State.Version;
        if (isEffective) Commit(batch);
        // One answer in twenty never comes: the proposer has to find out by reading.
        if (_world.Percent() >= 5 && from.Life == life)
            from.ProposalEnded(isEffective ? ProposalFate.Committed : ProposalFate.WithoutEffect, new LogIndex(_lastIndex));
    }

    private void Commit(EventBatch batch)
    {
        var index = new LogIndex(++_lastIndex);
        foreach (var e in batch.Events) _world.Say($"{index} {EventNames.Of(e.Event)}: {e.Reason}");
        Append(index, batch);
    }

    private void Append(LogIndex index, EventBatch batch)
    {
        _entries.Add((index, batch));
        _committedAt.Add(_world.Now);
        State = _world.Rules.Decisions.Apply(State, index, batch).State;
        _states.Add(State);
        foreach (var slot in State.Slots.Values)
        {
            if (slot.Token == index && slot.Owner is { } owner) _assigned.Add((slot.Id, index, owner));
        }
    }
}
