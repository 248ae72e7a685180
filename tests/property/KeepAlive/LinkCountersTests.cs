using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.KeepAlive;

public sealed class LinkCountersTests
{
    private static readonly NodeId Peer = new("n2");

    [Fact]
    public void At_ShowsNewestSumAndGreatest()
    {
        var link = new LinkCounters { Sent = 3 };
        link.Answer(Seconds(1), Seconds(0.2));
        link.Answer(Seconds(2), Seconds(0.1));

        Assert.Equal(new LinkFigures(Peer, 3, 2, Seconds(0.1), Seconds(0.3), Seconds(0.2)), link.At(Seconds(3), Peer));
    }

    [Theory]
    [InlineData(31, 0.2)] // The former span still counts: whoever looks twice a minute has seen it.
    [InlineData(100, 0)]
    public void Greatest_IsForgottenAfterAMinute(double lookedAt, double expected)
    {
        var link = new LinkCounters();
        link.Answer(Seconds(1), Seconds(0.2));

        Assert.Equal(Seconds(expected), link.At(Seconds(lookedAt), Peer).Greatest);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
