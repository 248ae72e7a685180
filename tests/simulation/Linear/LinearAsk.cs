using System.Globalization;
using Drcm.Consensus;

namespace Drcm.Simulation.Linear;

/// <summary>A client for scripts: appends one entry after the other with whichever member takes it, and says with which. Arguments: how many, the members' sockets.</summary>
internal static class LinearAsk
{
    public const string Verb = "linear-ask";
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] args)
    {
        using var deadline = new CancellationTokenSource(AnswerMax);
        for (var left = int.Parse(args[0], CultureInfo.InvariantCulture); left > 0;)
        {
            foreach (var socket in args[1..])
            {
                await using var member = await MemberConnection.ConnectAsync(socket, deadline.Token);
                if ((await member.AppendAsync(LogVersion.Any, left, deadline.Token)).Status == AppendStatus.Committed)
                {
                    Console.WriteLine(socket);
                    left--;
                    break;
                }
            }
        }

        return 0;
    }
}
