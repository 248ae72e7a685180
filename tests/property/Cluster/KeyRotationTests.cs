using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.Cluster;

/// <summary>O22: while the auth key rotates, every live node accepts what every other one sends, whenever each of them gets round to its step.</summary>
public sealed class KeyRotationTests
{
    private const string New = "new";
    private static readonly ImmutableSortedSet<NodeId> Names = [new("n1"), new("n2"), new("n3"), new("n4")];

    [Fact]
    public void Rotation_AnyPace_EveryLiveNodeAcceptsEveryOther()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var world = new RotationWorld(seed, waitsForAll: true);
            world.Run();
            Assert.True(world.Violation is null, $"seed {seed}: {world.Violation}");
            Assert.Null(world.State.KeyRotation);
            Assert.All(world.Nodes.Values, n => Assert.Equal((New, New), (n.Sends, string.Join(" ", n.Accepts))));
        }
    }

    /// <summary>The rule off: retire before all have confirmed. It must be seen.</summary>
    [Fact]
    public void Rotation_RetiredBeforeAllConfirmed_IsCaught()
    {
        var caught = Enumerable.Range(0, 200).Count(seed =>
        {
            var world = new RotationWorld(seed, waitsForAll: false);
            world.Run();
            return world.Violation is not null;
        });
        Assert.True(caught > 50, $"caught in {caught} of 200 runs");
    }

    [Fact]
    public void Decide_ALiveNodeHasNotConfirmed_WaitsAndNamesIt()
    {
        var decision = Decider.Decide(Up(), new AdvanceKeyRotation(KeyStep.AcceptBoth, New, Names, Names.Remove(new("n3"))));
        Assert.Empty(decision.Events);
        Assert.Contains("waits for n3", Assert.Single(decision.Refusals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KeyStep.SendNew, New)]
    [InlineData(KeyStep.RetireOld, New)]
    [InlineData(KeyStep.Done, New)]
    public void Decide_AStepLeftOut_IsRefused(KeyStep step, string key) =>
        Assert.Empty(Decider.Decide(Up(), new AdvanceKeyRotation(step, key, Names, Names)).Events);

    [Fact]
    public void Decide_ASecondRotation_IsRefusedUntilTheFirstIsOver()
    {
        var state = Apply(Up(), new KeyRotationAdvanced(KeyStep.AcceptBoth, New, [.. Names]));
        var refusal = Assert.Single(Decider.Decide(state, new AdvanceKeyRotation(KeyStep.SendNew, "other", Names, Names)).Refusals);
        Assert.Contains("under way", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_ProposedWithoutALiveNodesWord_HasNoEffect()
    {
        var state = Up();
        var applied = Transition.Apply(state, new LogIndex(100), Batch(new KeyRotationAdvanced(KeyStep.AcceptBoth, New, [.. Names.Remove(new("n2"))])));
        Assert.Contains("n2 is up and has not confirmed", Assert.Single(applied.Events).WhyNot, StringComparison.Ordinal);
        Assert.Null(applied.State.KeyRotation);
    }

    [Fact]
    public void Codec_TwoKeys_SignsWithTheFirstAndAcceptsBoth()
    {
        byte[] old = [.. Enumerable.Repeat((byte)1, 32)], next = [.. Enumerable.Repeat((byte)2, 32)];
        var message = new KeepAliveMessage(new("n1"), new(1), new("n2"), new(0), 1, new NodeReport
        {
            Node = new("n1"), Incarnation = new(1), BootId = "b", Applied = default, Epoch = default, ConfigDigest = "",
        });
        var codec = new MessageCodec(old);
        var others = new MessageCodec(next);
        Assert.False(codec.TryDecode(others.Encode(message), out _, out var reason));
        Assert.Equal(RejectReason.BadSignature, reason);
        codec.Replace(old, next);
        Assert.True(codec.TryDecode(others.Encode(message), out _, out _));
        Assert.True(new MessageCodec(old).TryDecode(codec.Encode(message), out _, out _));
        codec.Replace(next);
        Assert.False(codec.TryDecode(new MessageCodec(old).Encode(message), out _, out _));
    }

    internal static ClusterState Up() => ClusterState.Empty with
    {
        Version = new(1),
        Nodes = Names.ToImmutableSortedDictionary(n => n, n => new NodeState { Id = n, Status = NodeStatus.Up }),
    };

    internal static EventBatch Batch(ClusterEvent @event) => new(default, "node:n1", [new ReasonedEvent(@event, "r")]);

    internal static ClusterState Apply(ClusterState state, ClusterEvent @event) =>
        Transition.Apply(state, new LogIndex(state.Version.Value + 1), Batch(@event)).State;
}
