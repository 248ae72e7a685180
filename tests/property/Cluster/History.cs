using Drcm.Property.Tests.Decisions;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Cluster;

/// <summary>A random history: a script of bytes, three for each step, so that a failing one shrinks by itself. Safety is checked at
/// every entry of the log.</summary>
internal sealed class History
{
    private readonly ModelCluster _cluster;
    private readonly Ledger _ledger = new();
    private readonly int _seed;
    private readonly NodeId[] _nodes;
    private int _checked;

    public History(int seed, ApplyRule apply, DecideRule decide)
    {
        _seed = seed;
        _cluster = new ModelCluster(apply, decide);
        Ask(new Configure(RandomDefinition.Text(seed, false)));
        _nodes = [.. _cluster.State.Nodes.Keys];
        foreach (var node in _nodes) _cluster.Host(node).BootAnew();
    }

    public History(int seed) : this(seed, Transition.Apply, Decider.Decide)
    {
    }

    public ModelCluster Cluster => _cluster;

    public string? Violation { get; private set; }

    /// <summary>Plays until the end or the first violation.</summary>
    public History Play(ReadOnlySpan<byte> script)
    {
        for (var i = 0; i + 2 < script.Length && Violation is null; i += 3) Step(script[i], script[i + 1], script[i + 2]);
        return this;
    }

    /// <summary>Everything heals but one node, if a majority of voters stays; then nothing may stay ownerless.</summary>
    public History Heal(int lost)
    {
        if (Violation is not null) return this;
        Ask(new LeaveMaintenance());
        var dead = _nodes[lost % _nodes.Length];
        var voters = _cluster.State.Voters;
        var mayDie = voters.Count(v => v != dead) >= _cluster.State.Majority;
        _cluster.LeadingFor = _cluster.ReleasingFor = TimeSpan.FromHours(1);
        foreach (var node in _nodes)
        {
            var host = _cluster.Host(node);
            host.Unstartable.Clear();
            host.Unstoppable.Clear();
            host.Expiries.Clear();
            host.HoldsExclusive = host.IsStuck = false;
            host.AppliedAt = null;
            if (node == dead && mayDie) host.Die();
            else host.BootAnew();
            Ask(new Activate(node));
            _cluster.UpFor[node] = TimeSpan.FromHours(1);
        }
        foreach (var slot in _cluster.State.Slots.Keys.ToArray()) Ask(new ClearFailures(slot));
        if (mayDie && _cluster.State.Nodes.TryGetValue(dead, out var known) && known.Status != NodeStatus.Down) GiveUp(dead, known.Round);
        Converge();
        if (mayDie) Ask(new ConfirmFenced(dead, "the test"));
        Converge();
        Violation ??= Ownerless();
        return this;
    }

    private void GiveUp(NodeId dead, LogIndex round)
    {
        foreach (var node in _nodes.Where(n => n != dead)) _cluster.Host(node).Expiries[dead] = new(dead, round, false);
    }

    private string? Ownerless()
    {
        var topology = Topology.Of(_cluster.State.Definition!);
        foreach (var (id, slot) in topology.Slots)
        {
            var able = slot.Candidates.Select(c => topology.Definition.Nodes[c])
                .Where(n => n.IsActive && !n.IsWitness && _cluster.State.Nodes[n.Id].Status == NodeStatus.Up).ToArray();
            var state = _cluster.State.Slots[id];
            if (able.Length > 0 && state.Phase != SlotPhase.Started)
                return $"EverySlotWithALivingEligibleNodeIsOwned: {id} is {state.Phase} on '{state.Owner}'";
        }
        return null;
    }

    private void Step(byte verb, byte a, byte b)
    {
        var node = _nodes[a % _nodes.Length];
        var host = _cluster.Host(node);
        var slots = _cluster.State.Slots.Keys.ToArray();
        var slot = slots[b % slots.Length];
        switch (verb % 20)
        {
            case 0: host.BootAnew(); break;
            case 1: host.Die(); break;
            case 2: host.Restart(); break;
            case 3 or 4 or 5: Expire(a, b); break;
            case 6: host.IsHeard = host.IsAlive && (b & 1) == 0; break;
            case 7 or 8 or 9: Observe(); break;
            case 10 or 11: _cluster.React(); break;
            case 12: Fail(host, slot); break;
            case 13: host.Unstoppable.Add(slot); break;
            case 14: host.IsLeaving = host.IsAlive && (b & 3) == 0; break;
            case 15: host.AppliedAt = (b & 1) == 0 ? _cluster.State.Version : null; break;
            case 16: _cluster.LeadingFor = _cluster.ReleasingFor = TimeSpan.FromSeconds(b); break;
            case 17: Ask(RandomCommands.Of(_seed, node, slot, b)); break;
            default: Append(RandomEvents.Of(_cluster.State, node, slot, verb, b)); break;
        }
        if (verb % 20 < 12) Observe();
    }

    private void Expire(byte a, byte b)
    {
        var suspect = _nodes[b % _nodes.Length];
        if (!_cluster.State.Nodes.TryGetValue(suspect, out var known)) return;
        foreach (var voter in _nodes)
        {
            if (voter == suspect || (a & (1 << (voter.Value[1] - '0'))) == 0 || !_cluster.Host(voter).IsAlive) continue;
            _cluster.Host(voter).Expiries[suspect] = new(suspect, known.Round, (b & 64) != 0);
        }
    }

    private static void Fail(ModelHost host, SlotId slot)
    {
        if (!host.Runs.TryGetValue(slot, out var run)) return;
        run.Failures++;
        run.Detail = "exit status 1";
    }

    private void Observe() => Ask(new Observe(_cluster.View()));

    private void Converge()
    {
        for (var i = 0; i < 60 && Violation is null; i++)
        {
            Observe();
            _cluster.React();
        }
    }

    private void Ask(Command command)
    {
        if (Violation is not null) return;
        var before = _cluster.State;
        var decision = _cluster.Ask(command);
        Check(before);
        if (Violation is null && !decision.Events.IsEmpty) Violation = Causes.Missing(before, _cluster.State, decision) ?? Unread(before, decision) ?? TooSoon(decision);
    }

    /// <summary>O11, from outside: whoever was up when a voter changed had really read of the change before.</summary>
    private string? Unread(ClusterState before, Decision decision)
    {
        if (!decision.Events.Any(e => e.Event is VoterAdded or VoterRemoved)) return null;
        foreach (var node in before.Nodes.Values.Where(n => n.Status == NodeStatus.Up && _cluster.State.Nodes.ContainsKey(n.Id)))
        {
            if (_cluster.State.Nodes[node.Id].Status != NodeStatus.Up) continue;
            if (_cluster.Host(node.Id).LastReport is not { } report || report.Applied < before.VotersAt)
                return $"VoterChangeReadByAll: {node.Id} has not read of the voters of {before.VotersAt}";
        }
        return null;
    }

    /// <summary>O19, from outside: 30 s for the stop, 12 s for killing, 5 s for the watchdog, less S, which went by before the death.</summary>
    private string? TooSoon(Decision decision) =>
        decision.Events.Any(e => e.Event is SlotReleased) && _cluster.ReleasingFor < TimeSpan.FromSeconds(47 - 0.477)
            ? $"NoTakeoverBeforeTheReleaseBudget: released {_cluster.ReleasingFor.TotalSeconds} s after the death"
            : null;

    private void Append(ClusterEvent @event)
    {
        var before = _cluster.State;
        _cluster.Append([new ReasonedEvent(@event, "random")]);
        Check(before);
    }

    private void Check(ClusterState before)
    {
        for (; _checked < _cluster.Log.Count && Violation is null; _checked++)
        {
            var (index, batch, applied) = _cluster.Log[_checked];
            Violation = _ledger.Enter(index, before, batch, applied) ?? StateInvariants.Check(applied.State).FirstOrDefault();
        }
    }
}
