using Drcm.StateMachine.Crontabs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Drcm.Property.Tests.Crontabs;

public sealed class CronCommandTests
{
    private static readonly string[] Pieces = ["%", "\\", "\\%", "\\\\", "'", " ", "a", "echo", "\u00e9", "#", "%%"];

    /// <summary>AgainstAReadingOfItsOwn_WrittenAfterCron.</summary>
    [FsCheck.Xunit.Property(MaxTest = 500)]
    public FsCheck.Property TextAndInput_AnyLine_AreWhatCronMakesOfIt() => Prop.ForAll(
        Gen.Elements(Pieces).NonEmptyListOf().Select(p => "x" + string.Concat(p.Take(40))).ToArbitrary(),
        command =>
        {
            var line = $"5 * * * * root {command}";

            var job = Assert.Single(Crontab.Read(line + "\n", CrontabForm.System).Jobs);

            var cron = MiniCron.Of(line, hasUser: true);
            Assert.Equal((cron.Command, cron.Input ?? ""), (CronCommand.Text(job), CronCommand.Input(job)));
        });

    [Theory]
    [InlineData("date +\\%F %first%second\\%", "date +%F ", "first\nsecond%\n")]
    [InlineData("cat %line%", "cat ", "line\n")]
    [InlineData("cat %", "cat ", "")]
    [InlineData("true", "true", "")]
    public void TextAndInput_Known(string command, string text, string input)
    {
        var job = Assert.Single(Crontab.Read($"@daily {command}\n", CrontabForm.User).Jobs);

        Assert.Equal((text, input), (CronCommand.Text(job), CronCommand.Input(job)));
    }
}
