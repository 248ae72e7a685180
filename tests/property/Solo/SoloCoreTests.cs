using Drcm.Property.Tests.KeepAlive;
using Drcm.StateMachine.Solo;
using Xunit;

namespace Drcm.Property.Tests.Solo;

/// <summary>Rows of samples and what ends them (T1 to T4), one schedule for each: with the rule the row is over, without it the same schedule fills it.</summary>
public sealed class SoloCoreTests
{
    private static readonly TimeSpan D = Cluster3.D;
    private static readonly TimeSpan Step = D / 20;

    private readonly TimeSpan _start = TimeSpan.FromSeconds(9);
    private TimeSpan _now = TimeSpan.FromSeconds(9);

    [Fact]
    public void Row_EverySampleGood_IsAsLongAsTheyWereSent()
    {
        var core = Core(SoloRules.All);
        Pass(core, D * 1.2);
        Assert.InRange(core.Row, D, D * 1.2);
    }

    [Fact]
    public void Row_WithoutAnswerOfTheArbitrator_IsEmpty()
    {
        var core = Core(SoloRules.All);
        Pass(core, D * 2, arbitrator: false);
        Assert.Equal(TimeSpan.Zero, core.Row);
        Assert.Null(core.End);
    }

    /// <summary>T1. Something came from the peer in the middle, whatever it was.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Row_PeerHeardInTheMiddle_BeginsAgain(bool rule, bool isFull)
    {
        var core = Core(SoloRules.All with { VoiceCounts = rule });
        Pass(core, D * 0.7);
        core.Voice(_now);
        Pass(core, D * 0.6);
        Assert.Equal(isFull, core.Row >= D);
    }

    /// <summary>T3. This node stood still, and nobody knows what happened meanwhile.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Row_OwnPauseInTheMiddle_BeginsAgain(bool rule, bool isFull)
    {
        var core = Core(SoloRules.All with { OwnGapEndsRow = rule });
        Pass(core, D * 0.4);
        _now += D * 0.6;
        Pass(core, D * 0.3);
        Assert.Equal(isFull, core.Row >= D);
    }

    /// <summary>T2. A lease that stands is renewed from the send time of a sample; one that has lapsed is not.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Lease_Lapsed_IsNotRenewedByASample(bool rule, bool isRenewed)
    {
        var core = Core(SoloRules.All with { LapsedStaysLapsed = rule });
        Pass(core, D, leaseEnd: _start);
        Assert.Equal(isRenewed, core.End > _now);
        Assert.False(core.HasTaken);
    }

    [Fact]
    public void Lease_ThatStands_IsRenewedThoughThePeerAnswersProbes()
    {
        var core = Core(SoloRules.All);
        Pass(core, D, peer: true, leaseEnd: TimeSpan.MaxValue);
        Assert.True(core.End > _now);
        Assert.True(core.IsProven);
        Assert.Equal(TimeSpan.Zero, core.Row);
    }

    /// <summary>T3. The row was full before the flush; what is needed now is one more.</summary>
    [Fact]
    public void HasTaken_AfterTheFlush_NeedsOneMoreSample()
    {
        var core = Core(SoloRules.All);
        Pass(core, D * 1.2);
        core.Flushed(_now);
        Assert.False(core.HasTaken);
        Pass(core, D * 0.3, needed: D);
        Assert.True(core.HasTaken);
    }

    /// <summary>T4. An operator's word stands in for the arbitrator until the peer is heard.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Confirmed_PeerHeardSince_CountsNoMore(bool rule, bool isFull)
    {
        var core = Core(SoloRules.All with { WordEndsAtVoice = rule });
        core.Confirm();
        Pass(core, D, arbitrator: false);
        Assert.True(core.Row > TimeSpan.Zero);
        core.Voice(_now);
        Pass(core, D * 1.5, arbitrator: false);
        Assert.Equal(isFull, core.Row >= D);
    }

    private static SoloCore Core(SoloRules rules)
    {
        var core = new SoloCore(rules);
        core.Follow(Cluster3.Definition.Timing);
        return core;
    }

    private void Pass(SoloCore core, TimeSpan span, bool arbitrator = true, bool peer = false, TimeSpan? leaseEnd = null, TimeSpan? needed = null)
    {
        for (var end = _now + span; _now < end;)
        {
            _now += Step;
            core.Tick(_now);
            if (_now < core.NextSample(isAlone: true)) continue;
            var id = core.Begin(_now);
            core.EndSample(id, _now + (Step / 2), arbitrator, peer, leaseEnd, needed ?? TimeSpan.MaxValue);
        }
    }
}
