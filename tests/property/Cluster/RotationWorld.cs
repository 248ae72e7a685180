using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Cluster;

/// <summary>Nodes that read the log and do their steps at their own pace, and may start anew from their files at any moment.</summary>
internal sealed class RotationWorld
{
    private const int StepsMax = 5000;
    private const string Old = "old";
    private const string New = "new";
    private readonly Random _random;
    private readonly bool _waitsForAll;

    public RotationWorld(int seed, bool waitsForAll)
    {
        (_random, _waitsForAll) = (new Random(seed), waitsForAll);
        State = KeyRotationTests.Up();
        Nodes = State.Nodes.Keys.ToDictionary(n => n, _ => new Node());
    }

    public ClusterState State { get; private set; }

    public Dictionary<NodeId, Node> Nodes { get; }

    /// <summary>Two live nodes that would not understand each other.</summary>
    public string? Violation { get; private set; }

    public void Run()
    {
        var isStarted = false;
        for (var i = 0; i < StepsMax && Violation is null && (!isStarted || State.KeyRotation is not null); i++)
        {
            var node = Nodes.Values.ElementAt(_random.Next(Nodes.Count));
            switch (_random.Next(3))
            {
                case 0 when State.KeyRotation is null: node.Take(); break;
                case 0 or 1: node.Follow(State.KeyRotation?.Step ?? KeyStep.None); break;
                default: Advance(); isStarted |= State.KeyRotation is not null; break;
            }
            Check();
        }
        foreach (var node in Nodes.Values) node.Follow(KeyStep.RetireOld);
    }

    private void Advance()
    {
        var holds = State.KeyRotation?.Step ?? KeyStep.None;
        var confirmed = Nodes.Where(n => n.Value.Has(holds)).Select(n => n.Key).ToImmutableSortedSet();
        if (!_waitsForAll && holds != KeyStep.None) confirmed = [.. Nodes.Keys];
        var decision = Decider.Decide(State, new AdvanceKeyRotation(holds + 1, New, [.. Nodes.Keys], confirmed));
        foreach (var @event in decision.Events) State = KeyRotationTests.Apply(State, @event.Event);
    }

    private void Check()
    {
        foreach (var (from, sender) in Nodes)
        {
            foreach (var (to, receiver) in Nodes)
            {
                if (!receiver.Accepts.Contains(sender.Sends))
                    Violation ??= $"at step {State.KeyRotation?.Step}: {to} accepts {string.Join(" ", receiver.Accepts)}, {from} sends {sender.Sends}";
            }
        }
    }

    /// <summary>The files of a node; what it sends and accepts follows from them, so a restart changes nothing.</summary>
    public sealed class Node
    {
        private string _key = Old;
        private string? _next;
        private string? _previous;

        public string Sends => _key;

        public IEnumerable<string> Accepts => new[] { _key, _next, _previous }.OfType<string>().Distinct();

        public void Take() => _next = New;

        public void Follow(KeyStep step)
        {
            if (step >= KeyStep.SendNew && _next is not null) (_previous, _key, _next) = (_key, _next, null);
            if (step >= KeyStep.RetireOld && _key == New) _previous = null;
        }

        public bool Has(KeyStep step) => step switch
        {
            KeyStep.None or KeyStep.AcceptBoth => Accepts.Contains(New),
            KeyStep.SendNew => _key == New,
            _ => _key == New && _previous is null,
        };
    }
}
