using System.Net;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Tests.Transport;

public sealed class RefusedPeersTests
{
    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.7");

    [Fact]
    public void Within_RefusedAgain_IsReportedOnceAndSeenAsNew()
    {
        var reports = 0;
        var refused = new RefusedPeers { Reported = (_, _) => reports++ };
        refused.Note(Peer, RefusedPeers.OtherKey);
        var first = Assert.Single(refused.Within(TimeSpan.FromHours(1)));
        refused.Note(Peer, RefusedPeers.OtherKey);
        var second = Assert.Single(refused.Within(TimeSpan.FromHours(1)));
        Assert.Equal(1, reports);
        Assert.Equal((Peer, RefusedPeers.OtherKey), (second.Address, second.Reason));
        Assert.Empty(refused.Within(TimeSpan.FromTicks(-1)));
        Assert.True(first.Ago >= TimeSpan.Zero);
    }

    [Fact]
    public void Note_MoreThanAreRemembered_ForgetsTheOldest()
    {
        var refused = new RefusedPeers();
        for (var i = 0; i <= RefusedPeers.PeersMax; i++)
        {
            refused.Note(new IPAddress([10, 0, 0, (byte)i]), RefusedPeers.OtherKey);
        }

        Assert.Equal(RefusedPeers.PeersMax, refused.Newest.Count);
        Assert.DoesNotContain(refused.Newest, r => r.Address.Equals(new IPAddress([10, 0, 0, 0])));
    }
}
