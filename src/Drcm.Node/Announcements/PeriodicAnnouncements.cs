using System.Collections.Immutable;
using System.Net;

namespace Drcm.Node.Announcements;

/// <summary>Announces what is held again and again, for a neighbour that has missed the first announcements or has been told otherwise.</summary>
internal static class PeriodicAnnouncements
{
    /// <summary>Until it is cancelled; that is no exception.</summary>
    /// <param name="held">Asked each time: what is held then, under a lease.</param>
    /// <param name="announce">One round.</param>
    internal static async Task RunAsync(
        TimeSpan interval, Func<ImmutableArray<IPAddress>> held, Action<IPAddress> announce, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var address in held()) announce(address);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }
}
