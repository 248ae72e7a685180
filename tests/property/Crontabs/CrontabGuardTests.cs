using Drcm.StateMachine.Crontabs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Drcm.Property.Tests.Crontabs;

public sealed class CrontabGuardTests
{
    private static readonly string[] Guard = ["/usr/sbin/drcmd", "cron-exec", "/run/my drcm 100%", "cron:apps"];

    private static readonly string[] Times = ["* * * * *", "*/5 0-6,22 1,15 jan-mar 1-5", "@daily", "@reboot", "0\t3 * *  7", "-7 7 * * Sun", "0~30 * * * *"];

    /// <summary>What commands are made of, the awkward before the plain.</summary>
    private static readonly string[] Pieces =
        ["'", "%", "\\", "\\%", "\\\\", "\\'", "\"", "$HOME", "`date`", " ", "\t", ";", "|", "&&", ">", "#", "--", "!", "echo", "a", "=", "\u00e9", "\r", "(", "*"];

    private static readonly Gen<string> Command = Gen.Elements(Pieces).NonEmptyListOf().Select(p => "x" + string.Concat(p.Take(60)));

    /// <summary>AtTheSameTimeTheSameUserRunsTheSameCommandOnTheSameInput, with a guard before it.</summary>
    [FsCheck.Xunit.Property(MaxTest = 500)]
    public FsCheck.Property Wrap_AnyJob_IsTheSameToCronAndShell() => Prop.ForAll(
        (from times in Gen.Elements(Times)
         from command in Command
         from form in Gen.Elements(CrontabForm.System, CrontabForm.User)
         select (times, command, form)).ToArbitrary(),
        sample =>
        {
            var (times, command, form) = sample;
            var hasUser = form == CrontabForm.System;
            var line = hasUser ? $"{times} root {command}" : $"{times} {command}";

            var (text, faults) = CrontabGuard.Wrap(line + "\n", form, Guard);

            Assert.Empty(faults);
            var before = MiniCron.Of(line, hasUser);
            var after = MiniCron.Of(text[..^1], hasUser);
            Assert.Equal(before with { Command = "" }, after with { Command = "" });
            Assert.Equal([.. Guard, "--", before.Command], MiniShell.Words(after.Command));
        });

    [Fact]
    public void Wrap_EverythingElse_StaysAsItIs()
    {
        const string head = "# a comment % with 'quotes'\n\nMAILTO=ops@example.com\nSHELL = \"/bin/bash\"\n  CRON_TZ='Europe/Berlin'\nPATH=/bin:/usr/bin\n\"ODD NAME\"=x\n";

        var (text, faults) = CrontabGuard.Wrap(head + "5 * * * * www /opt/it's % in\n#last\n", CrontabForm.System, ["/sbin/g"]);

        Assert.Empty(faults);
        Assert.Equal(head + "5 * * * * www /sbin/g -- '/opt/it'\\''s '% in\n#last\n", text);
    }

    [Theory]
    [InlineData("* * * * root true\n", "day of week cannot be read")]
    [InlineData("60 * * * * root true\n", "its minute cannot be read")]
    [InlineData("* * * * * root\n", "the line has no command")]
    [InlineData("* * * * *\n", "the line has no user and command")]
    [InlineData("@often root true\n", "@often is no time that cron knows")]
    [InlineData("* * * * * root true", "the last line does not end")]
    [InlineData("what is this\n", "its minute cannot be read")]
    [InlineData("SHELL=/usr/bin/fish\n* * * * * root true\n", "its shell, /usr/bin/fish, does not quote as sh does")]
    public void Wrap_WhatCronOrTheGuardCannotRead_IsAFaultWithItsLineAndRemedy(string template, string what)
    {
        var (text, faults) = CrontabGuard.Wrap("# first\n" + template, CrontabForm.System, Guard);

        Assert.Equal("", text);
        var rendered = Assert.Single(faults).Render("/t/apps");
        Assert.StartsWith($"/t/apps:{(template.StartsWith("SHELL", StringComparison.Ordinal) ? 3 : 2)}: ", rendered, StringComparison.Ordinal);
        Assert.Contains(what, rendered, StringComparison.Ordinal);
        Assert.Contains("; ", rendered, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(998, true)]
    [InlineData(999, false)]
    public void Wrap_CommandAtTheBoundOfCron_FitsOrIsAFault(int length, bool fits)
    {
        var rest = length - "/sbin/g -- ''".Length;

        var (_, faults) = CrontabGuard.Wrap($"* * * * * root {new string('x', rest)}\n", CrontabForm.System, ["/sbin/g"]);

        Assert.Equal(fits, faults.IsEmpty);
        if (!fits) Assert.Contains("cron drops what is beyond 998", faults[0].Render("f"), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrap_ShellSetBelowAJob_CountsForTheJobsAfterIt()
    {
        var (_, faults) = CrontabGuard.Wrap("* * * * * root a\nSHELL=/bin/tcsh\n* * * * * root b\nSHELL=/bin/bash\n* * * * * root c\n", CrontabForm.System, Guard);

        Assert.Equal(3, Assert.Single(faults).Line);
    }

    [Theory]
    [InlineData("/etc/cron.d", CrontabForm.System)]
    [InlineData("/etc/cron.d/", CrontabForm.System)]
    [InlineData("/var/spool/cron/crontabs/", CrontabForm.User)]
    [InlineData("/var/spool/cron", CrontabForm.User)]
    [InlineData("/var/spool/cron/tabs", CrontabForm.User)]
    public void FormOf_InstallLocation_DecidesWhetherThereIsAUserField(string location, CrontabForm form) =>
        Assert.Equal(form, CrontabForms.Of(Definition(location)));

    [FsCheck.Xunit.Property(MaxTest = 300)]
    public void Wrap_AnyText_NeverThrows(string? text, bool isUser) =>
        CrontabGuard.Wrap(text ?? "", isUser ? CrontabForm.User : CrontabForm.System, Guard);

    private static Drcm.StateMachine.Configuration.CrontabDefinition Definition(string location) => new()
    {
        Id = new Drcm.StateMachine.ResourceId(Drcm.StateMachine.ResourceKind.Cron, "apps"),
        TemplateFile = "/t/apps", InstallLocation = location, Script = "crontab.sh",
        IsExclusive = true, StartTimeout = default, StopTimeout = default, MonitorTimeout = default,
        MigrationThreshold = 3, Failback = default, Probe = default,
    };
}
