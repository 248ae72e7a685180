using System.Collections.Immutable;
using System.Text;
using Drcm.Node.Scripts;
using Drcm.Node.Scripts.Native;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Crontabs;

namespace Drcm.Node.Crontabs;

/// <summary>One missed line as cron would run it: as its user, in the home directory, with cron's environment and the crontab's own, and the same check before the
/// command (<see cref="CronExec"/>). Without the limits and sessions that PAM would add.</summary>
internal static class CatchUpCall
{
    /// <summary>As cron's own runs: none but the end of the ownership.</summary>
    private static readonly TimeSpan NoLimit = TimeSpan.MaxValue;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="crontab">The row; in cron's spool the file's name is the user's.</param>
    public static ScriptCall Of(CrontabDefinition crontab, CronJob job, string runDir, ScriptContext context)
    {
        var call = new ScriptCall { Resource = crontab.Id, Action = ScriptAction.CatchUp, Context = context, Words = [], Timeout = NoLimit, IsAcquirer = true };
        var user = CrontabForms.Of(crontab) == CrontabForm.System ? job.User : Path.GetFileName(crontab.TemplateFile);
        if (!Accounts.TryFindUser(user, out var account))
            return call with { Problem = $"unknown user {user} in line {job.Line} of {crontab.TemplateFile}; create the account on this node" };
        try
        {
            return call with
            {
                Words =
                [
                    .. AsUser(account), "env", "-i", .. Home(job, account), .. Environment(job, account),
                    .. GuardProgram.WordsForMissed(runDir, crontab.Id.ToString()), "--", Utf8(CronCommand.Text(job)),
                ],
                Input = Utf8(CronCommand.Input(job)),
            };
        }
        catch (DecoderFallbackException)
        {
            return call with { Problem = $"line {job.Line} of {crontab.TemplateFile} is not UTF-8; write it so, or put the command into a script" };
        }
    }

    private static ImmutableArray<string> AsUser(Account account) => account.User == Posix.EffectiveUser()
        ? []
        : ["setpriv", $"--reuid={account.User}", $"--regid={account.Group}", "--init-groups"];

    private static ImmutableArray<string> Home(CronJob job, Account account)
    {
        var home = job.Value("HOME") is { } own ? Utf8(own) : account.Home;
        return Directory.Exists(home) ? [$"--chdir={home}"] : [];
    }

    /// <summary>Cron's own variables; the crontab's replace them, but for the user's name.</summary>
    private static IEnumerable<string> Environment(CronJob job, Account account)
    {
        string[] cron = ["SHELL=/bin/sh", "PATH=/usr/bin:/bin", $"HOME={account.Home}"];
        string[] user = [$"LOGNAME={account.Name}", $"USER={account.Name}"];
        return [.. cron, .. job.Environment.Where(v => v.Key.Length > 0 && v.Key[0] != '-').Select(v => $"{Utf8(v.Key)}={Utf8(v.Value)}"), .. user];
    }

    /// <summary>Text of a crontab is one character for each byte of it.</summary>
    private static string Utf8(string text) => Strict.GetString(Encoding.Latin1.GetBytes(text));
}
