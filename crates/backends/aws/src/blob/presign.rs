//! URLs that need no further credentials.

use super::failure::{Fault, fault};
use super::{Place, S3Blobs};
use aws_sdk_s3::presigning::PresigningConfig;
use reel_capabilities::blob::{self, BlobError, Location, Operation};
use std::time::Duration;

/// How long a program may read from where it was told: longer than any Lambda runs.
const LOCATED: u32 = 6 * 3_600;

impl S3Blobs {
    /// Signed with a role's session, a URL holds no longer than the session.
    pub(super) async fn sign(&self, place: &Place, operation: Operation, seconds: u32) -> Result<String, BlobError> {
        blob::validate_presign(seconds)?;
        let unsigned =
            |error: &dyn std::fmt::Display| BlobError::Unavailable(format!("a URL cannot be signed: {error}"));
        let lifetime = Duration::from_secs(seconds.into());
        let lifetime = PresigningConfig::expires_in(lifetime).map_err(|error| unsigned(&error))?;
        let signed = match operation {
            Operation::Get => {
                self.client.get_object().bucket(&place.bucket).key(&place.key).presigned(lifetime).await.map_err(fault)
            }
            Operation::PutPart { upload, number } => {
                blob::validate_part(number)?;
                let call = self.client.upload_part().bucket(&place.bucket).key(&place.key);
                call.upload_id(upload).part_number(number as i32).presigned(lifetime).await.map_err(fault)
            }
        };
        Ok(signed.map_err(|fault| fault.at(place))?.uri().to_owned())
    }

    pub(super) async fn address(&self, place: &Place) -> Result<Location, BlobError> {
        let found = self.find(place).await.and_then(|found| found.ok_or(Fault::Missing));
        found.map_err(|fault| fault.at(place))?;
        self.sign(place, Operation::Get, LOCATED).await.map(Location::Url)
    }
}
