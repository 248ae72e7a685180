using Drcm.Property.Tests.KeepAlive;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Solo;
using Xunit;

namespace Drcm.Property.Tests.Solo;

/// <summary>T5: a generation comes before everything that a message says.</summary>
public sealed class GenerationTests
{
    private static readonly Generation Other = new(1, Cluster3.N2, new Incarnation(1));

    [Fact]
    public void Order_GreaterNumberThenOwnerThenRun_IsTotal()
    {
        Generation[] ordered =
        [
            default, new(1, Cluster3.N1, new(9)), new(1, Cluster3.N2, new(1)), new(1, Cluster3.N2, new(2)), new(2, Cluster3.N1, new(1)),
        ];
        for (var a = 0; a < ordered.Length; a++)
        {
            for (var b = 0; b < ordered.Length; b++) Assert.Equal(a.CompareTo(b), Math.Sign(ordered[a].CompareTo(ordered[b])));
        }
    }

    /// <summary>An acknowledgement of another history is no vote in this one.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Lease_AcknowledgedInAnotherGeneration_IsNone(bool rule, bool held)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All with { GenerationFirst = rule });
        var keepAlive = bench.NextKeepAlive(Cluster3.N2);
        bench.Hear(bench.Answer(Cluster3.N2, keepAlive, AnswerKind.Acknowledged) with { Generation = Other });
        Assert.Equal(held, bench.Core.HoldsLease(bench.Now));
    }

    /// <summary>A voter of the newer history gives an older one nothing.</summary>
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, AnswerKind.Acknowledged)]
    public void KeepAlive_OfAnOlderGeneration_IsNotAnswered(bool rule, AnswerKind? expected)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All with { GenerationFirst = rule }, PromiseTable.Empty with { Generation = Other });
        Assert.Equal(expected, bench.Hear(bench.KeepAlive(Cluster3.N2)));
        Assert.Null(bench.Core.Newer);
    }

    [Fact]
    public void KeepAlive_OfANewerGeneration_EndsLeaseAndVote()
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All);
        bench.Hear(bench.Answer(Cluster3.N3, bench.NextKeepAlive(Cluster3.N3), AnswerKind.Acknowledged));
        Assert.True(bench.Core.HoldsLease(bench.Now));

        bench.Hear(bench.KeepAlive(Cluster3.N2) with { Generation = Other });

        Assert.Equal(Other, bench.Core.Newer);
        Assert.False(bench.Core.HoldsLease(bench.Now));
        Assert.NotEqual(AnswerKind.Acknowledged, bench.Hear(bench.KeepAlive(Cluster3.N3)));
    }

    /// <summary>Whoever steps down says so when it holds nothing any more; the bench's core has said nothing yet of what it holds.</summary>
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, AnswerKind.Follows)]
    public void KeepAlive_OfANewerGenerationWhileSomethingIsHeld_IsNotFollowedYet(bool rule, AnswerKind? expected)
    {
        var bench = new Bench(Cluster3.N1, ProtocolRules.All with { StepsDownFirst = rule });
        Assert.Equal(expected, bench.Hear(bench.KeepAlive(Cluster3.N2) with { Generation = Other }));
    }
}
