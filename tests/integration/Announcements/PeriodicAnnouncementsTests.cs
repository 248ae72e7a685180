using System.Collections.Immutable;
using System.Net;
using Drcm.Node.Announcements;
using Xunit;

namespace Drcm.Integration.Tests.Announcements;

public sealed class PeriodicAnnouncementsTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.88.0.100");

    [Fact]
    public async Task Run_HeldThenNot_EachTimeWhileHeldAndNeverAfter()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var announced = new List<IPAddress>();
        var asked = 0;

        await PeriodicAnnouncements.RunAsync(TimeSpan.FromMilliseconds(5), Held, announced.Add, ending.Token);

        Assert.Equal(Enumerable.Repeat(Address, 3), announced);

        ImmutableArray<IPAddress> Held()
        {
            if (++asked == 6) ending.Cancel();
            return asked <= 3 ? [Address] : [];
        }
    }
}
