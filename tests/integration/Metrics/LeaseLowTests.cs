using Drcm.Node.Metrics;
using Xunit;

namespace Drcm.Integration.Tests.Metrics;

public sealed class LeaseLowTests
{
    private readonly LeaseLow _low = new();

    [Fact]
    public void Read_WithoutALease_IsZero() => Assert.Equal(TimeSpan.Zero, _low.Read(Seconds(1)));

    [Fact]
    public void Read_ShowsTheLeastThatWasLeft()
    {
        _low.Moved(Seconds(1), Seconds(2));
        _low.Moved(Seconds(1.9), Seconds(2.9)); // 0.1 s was left.
        _low.Moved(Seconds(2), Seconds(3)); // 0.9 s.

        Assert.Equal(Seconds(0.1), _low.Read(Seconds(2.1)));
        Assert.Equal(Seconds(0.1), _low.Read(Seconds(2.2))); // Whoever else looks sees it too.
    }

    [Fact]
    public void Read_AfterALeaseWasLost_IsZeroForAWhile()
    {
        _low.Moved(Seconds(1), Seconds(2));
        _low.Moved(Seconds(1.5), null);
        _low.Moved(Seconds(3), Seconds(100));
        var soon = _low.Read(Seconds(3.1));
        _low.Moved(Seconds(90), Seconds(200));

        Assert.Equal(TimeSpan.Zero, soon);
        Assert.Equal(Seconds(10), _low.Read(Seconds(91)));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
