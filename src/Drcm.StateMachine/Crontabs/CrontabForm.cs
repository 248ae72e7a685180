using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Crontabs;

/// <summary>Which of cron's two kinds of table a file is.</summary>
public enum CrontabForm
{
    /// <summary>A file of <c>/etc/cron.d</c>: a user stands before each command.</summary>
    System,

    /// <summary>The table of one user, in cron's spool: the file's name is the user's.</summary>
    User,
}

public static class CrontabForms
{
    /// <summary>Where the crons of Debian, Red Hat and SUSE keep the tables of users; every other directory holds files with a user field.</summary>
    private static readonly string[] UserDirectories = ["/cron/crontabs", "/spool/cron", "/cron/tabs"];

    public static CrontabForm Of(CrontabDefinition crontab)
    {
        var location = crontab.InstallLocation.TrimEnd('/');
        return UserDirectories.Any(d => location.EndsWith(d, StringComparison.Ordinal)) ? CrontabForm.User : CrontabForm.System;
    }
}
