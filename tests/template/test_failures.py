"""Dead letters: their queues, retention and senders."""

from gazette.models.limits import MAX_RETRY_DELAY_SECONDS, MAX_TASK_ATTEMPTS
from gazette.runtime.settings import IngestFailureSettings, RetrySettings, read
from gazette_cli.emulators.template import event_source, properties, queue_wiring, resources
from tests.template.reading import TEMPLATE_TREE, environment_of, role_of, statements

FOURTEEN_DAYS = 14 * 24 * 60 * 60
PUBLISH, INGEST = "PublishChangesFunction", "IngestEventFunction"
DEAD_LETTERS = [
    name for name in resources(TEMPLATE_TREE, "AWS::SQS::Queue") if "DeadLetter" in name
]


def resources_of(function: str, action: str) -> list[object]:
    """Return what a function may do something to."""
    return [
        statement["Resource"]
        for statement in statements(properties(TEMPLATE_TREE, role_of(function)))
        if action in statement["Action"]
    ]


def test_dead_letters_have_the_longest_retention_of_sqs() -> None:
    assert len(DEAD_LETTERS) >= 3
    for queue in DEAD_LETTERS:
        assert properties(TEMPLATE_TREE, queue)["MessageRetentionPeriod"] == FOURTEEN_DAYS


def test_every_queue_of_dead_letters_is_an_output_that_gazette_failures_finds() -> None:
    named = {
        output["Value"]["Ref"]
        for name, output in TEMPLATE_TREE["Outputs"].items()
        if name.endswith("DeadLetterQueueUrl")
    }
    assert named == set(DEAD_LETTERS)


def test_ingest_and_sqs_agree_on_the_last_attempt() -> None:
    settings = read(IngestFailureSettings, environment_of(INGEST))
    assert settings.dead_letter_url == "IngestDeadLetterQueue"
    assert settings.most_receives == queue_wiring(TEMPLATE_TREE, INGEST).max_receive_count
    assert {"Fn::GetAtt": ["IngestDeadLetterQueue", "Arn"]} in resources_of(
        INGEST, "sqs:SendMessage"
    )


def test_a_failed_partition_is_retried_alone_and_then_becomes_a_dead_letter() -> None:
    settings = read(RetrySettings, environment_of(PUBLISH))
    assert settings.queue_url == "PublishRetryQueue"
    assert settings.dead_letter_url == "PublishDeadLetterQueue"
    assert settings.first_delay * 2 ** (MAX_TASK_ATTEMPTS - 2) <= MAX_RETRY_DELAY_SECONDS
    wiring = queue_wiring(TEMPLATE_TREE, PUBLISH)
    assert wiring.batch_size == 1
    assert wiring.visibility >= 6 * properties(TEMPLATE_TREE, PUBLISH)["Timeout"]
    aside = properties(TEMPLATE_TREE, "PublishRetryQueue")["RedrivePolicy"]["deadLetterTargetArn"]
    assert aside == {"Fn::GetAtt": ["PublishDeadLetterQueue", "Arn"]}


def test_a_batch_that_crashes_the_function_is_stored_with_its_records() -> None:
    source = event_source(TEMPLATE_TREE, PUBLISH, "DynamoDB")
    destination = source["DestinationConfig"]["OnFailure"]
    assert destination["Type"] == "S3"  # a queue would get their sequence numbers only
    bucket = destination["Destination"]["Fn::GetAtt"][0]
    (rule,) = properties(TEMPLATE_TREE, bucket)["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] * 24 * 60 * 60 > FOURTEEN_DAYS
    assert {"Fn::Sub": f"${{{bucket}.Arn}}/*"} in resources_of(PUBLISH, "s3:PutObject")
    assert {"Fn::GetAtt": [bucket, "Arn"]} in resources_of(PUBLISH, "s3:ListBucket")
