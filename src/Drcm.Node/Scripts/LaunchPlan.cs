using System.Collections.Immutable;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>A call made ready to start: program found, account looked up.</summary>
/// <param name="Path">File to execute.</param>
/// <param name="Arguments">Its argument vector.</param>
/// <param name="Environment">All of its environment.</param>
/// <param name="WorkingDirectory">Working directory.</param>
/// <param name="Owner">Account that must be able to open its own stdout again; null: that of the daemon.</param>
internal sealed record LaunchPlan(
    string Path, ImmutableArray<string> Arguments, ImmutableArray<string> Environment, string WorkingDirectory, Account? Owner)
{
    private const uint Root = 0;

    /// <summary>Null with the reason and its remedy when the call cannot run here.</summary>
    internal static LaunchPlan? Make(ScriptCall call, out string problem)
    {
        problem = call.Problem;
        if (problem.Length != 0) return null;
        if (call.Words.IsEmpty)
        {
            problem = $"{call.Resource} has no program to {call.Action.Word()} it; give one in its row of cm.cfg";
            return null;
        }
        return call.RunAs is { } account ? ForAccount(call, account, out problem) : ForScript(call, out problem);
    }

    private static LaunchPlan? ForScript(ScriptCall call, out string problem)
    {
        var path = Find(call.Words[0]);
        if (path is null)
        {
            problem = $"script not found: {call.Words[0]}; install it or correct the row of {call.Resource} in cm.cfg";
            return null;
        }
        problem = "";
        return new LaunchPlan(path, call.Words, ScriptEnvironment.Of(call, Daemon()), "/", null);
    }

    /// <summary>Stands in for the home of the daemon's own account where pretended hosts share accounts, as <c>DRCM_BOOT_ID</c> does
    /// for the boot id: the demo's figures must not depend on somebody's login profile.</summary>
    private const string PretendedHome = "DRCM_HOME";

    private static LaunchPlan? ForAccount(ScriptCall call, RunAs runAs, out string problem)
    {
        if (!Accounts.TryFindUser(runAs.User, out var account))
        {
            problem = $"unknown user {runAs.User}; create the account on this node or correct the row of {call.Resource} in cm.cfg";
            return null;
        }
        if (!Accounts.TryFindGroup(runAs.Group, out var group))
        {
            problem = $"unknown group {runAs.Group}; create it on this node or correct the row of {call.Resource} in cm.cfg";
            return null;
        }
        problem = "";
        var shell = Find("bash");
        if (shell is null)
        {
            problem = "bash not found; install it: applications run in its login shell";
            return null;
        }
        var me = Posix.EffectiveUser();
        if (account.User == me && System.Environment.GetEnvironmentVariable(PretendedHome) is { Length: > 0 } pretended)
        {
            account = account with { Home = pretended };
        }
        var environment = ScriptEnvironment.Of(call, account);
        if (account.User == me && group == Posix.EffectiveGroup())
        {
            var home = Directory.Exists(account.Home) ? account.Home : "/";
            return new LaunchPlan(shell, ["bash", "-lc", call.Words[0]], environment, home, null);
        }
        if (me != Root)
        {
            problem = $"only root can run {call.Resource} as {runAs.User}:{runAs.Group}; start drcmd as root or as that user and group";
            return null;
        }
        return ThroughSetpriv(call, account, group, shell, environment, out problem);
    }

    /// <summary>setpriv and env execute what follows: one process from first to last, in our session, so that it stays in the
    /// group that we kill. The directory is changed after the user, because root may not enter a home on a squashing file server.</summary>
    private static LaunchPlan? ThroughSetpriv(
        ScriptCall call, Account account, uint group, string shell, ImmutableArray<string> environment, out string problem)
    {
        problem = "";
        var setpriv = Find("setpriv");
        var env = Find("env");
        if (setpriv is null || env is null)
        {
            problem = "setpriv or env not found; install util-linux and coreutils: applications change their user with them";
            return null;
        }
        var home = Directory.Exists(account.Home) ? account.Home : "/";
        return new LaunchPlan(
            setpriv,
            [
                "setpriv", $"--reuid={account.User}", $"--regid={group}", "--init-groups",
                env, $"--chdir={home}", shell, "-lc", call.Words[0],
            ],
            environment, "/", account);
    }

    private static Account Daemon() => Accounts.TryFindUser(Posix.EffectiveUser(), out var account)
        ? account
        : new Account("root", Root, Root, "/root", "/bin/sh");

    private static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal)) return File.Exists(program) ? program : null;
        return ScriptEnvironment.StandardPath.Split(':').Select(d => $"{d}/{program}").FirstOrDefault(File.Exists);
    }
}
